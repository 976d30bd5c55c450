import { randomUUID } from 'node:crypto';
import { findFreePort } from '../../tools/local/ports.mts';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { auditOf } from '../support/audit';
import { Operator } from '../support/operator';
import { TestStack } from '../support/test-stack';
import { type Persona, TestTokens } from '../support/test-tokens';

jest.setTimeout(90_000);

const DAY_MS = 86_400_000;

interface CreatedKey {
  readonly id: string;
  readonly key: string;
  readonly scopes: string[];
  readonly expiresAt: string;
}

describe('for those who operate the product', () => {
  let stack: TestStack;
  let tokens: TestTokens;
  let admin: Persona;
  let developer: Persona;

  beforeAll(async () => {
    stack = await TestStack.start();
    tokens = new TestTokens(stack);
    admin = await tokens.persona({ roles: ['user', 'admin'], aal: 'aal2' });
    developer = await tokens.persona({ roles: ['user', 'developer'] });
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const refusal = (answer: Answer) => [answer.status, answer.json<Problem>().code];
  const as = (who: Persona, method: string, path: string, body?: unknown, headers = {}) =>
    stack.api.request(method, path, {
      headers: { ...who.authorization, ...headers },
      ...(body !== undefined && { body }),
    });
  const audited = async (target: string) =>
    (await auditOf(stack, target)).map(({ actor, action }) => `${actor} ${action}`);

  describe('API keys', () => {
    const make = async (headers = {}) =>
      expectStatus(
        await as(admin, 'POST', '/v1/api-keys', { name: 'shop', scopes: ['push:send'] }, headers),
        200,
      ).json<CreatedKey>();
    const works = async (key: string) =>
      (await new Operator(stack.local.url, key).get(randomUUID())).status === 404;

    it('are made once for one Idempotency-Key, shown that once, listed without the secret', async () => {
      const headers = { 'idempotency-key': randomUUID() };
      const created = await make(headers);
      expect(await make(headers)).toEqual(created);
      expect(created.key).toMatch(/^lk_[0-9A-Za-z]{16}_[0-9A-Za-z]{43}$/);
      expect(await works(created.key)).toBe(true);
      const list = expectStatus(await as(developer, 'GET', '/v1/api-keys'), 200);
      expect(list.text).not.toContain(created.key.split('_')[2]);
      const { key: _, ...view } = created;
      expect(list.json<{ data: unknown[] }>().data).toContainEqual(view);
      expect(await audited(`api_key:${created.id}`)).toEqual([`user:${admin.userId} api_key.created`]);
    });

    it.each([
      ['an unknown scope', { name: 'x', scopes: ['everything'] }],
      ['no scope', { name: 'x', scopes: [] }],
      ['a scope twice', { name: 'x', scopes: ['push:send', 'push:send'] }],
      ['no name', { scopes: ['push:send'] }],
    ])('need names and scopes that exist: %s', async (_, body) => {
      expect(refusal(await as(admin, 'POST', '/v1/api-keys', body))).toEqual([422, 'validation_failed']);
    });

    it('rotate with an overlap of a day', async () => {
      const old = await make();
      const answer = await as(admin, 'POST', `/v1/api-keys/${old.id}/rotate`);
      const rotated = expectStatus(answer, 200).json<CreatedKey & { replaces: { id: string } }>();
      expect(rotated).toMatchObject({ name: 'shop', scopes: ['push:send'], replaces: { id: old.id } });
      expect(await Promise.all([works(old.key), works(rotated.key)])).toEqual([true, true]);
      const again = await as(admin, 'POST', `/v1/api-keys/${old.id}/rotate`);
      expect(refusal(again)).toEqual([409, 'api_key_not_rotatable']);
      stack.moveClock(DAY_MS + 1_000);
      expect(await Promise.all([works(old.key), works(rotated.key)])).toEqual([false, true]);
    });

    it('rotate by the operators’ command too', async () => {
      const old = await make();
      const rotated = await stack.cli<CreatedKey>('apikey', 'rotate', old.id);
      expect(await works(rotated.key)).toBe(true);
      await expect(stack.cli('apikey', 'rotate', old.id)).rejects.toThrow('was replaced already');
    });

    it('end within 30 s of their revocation', async () => {
      const { id, key } = await make();
      expect(await works(key)).toBe(true);
      expectStatus(await as(admin, 'DELETE', `/v1/api-keys/${id}`), 204);
      expectStatus(await as(admin, 'DELETE', `/v1/api-keys/${id}`), 204);
      stack.moveClock(31_000);
      expect(await works(key)).toBe(false);
      expect((await as(admin, 'DELETE', `/v1/api-keys/${randomUUID()}`)).status).toBe(404);
    });

    it('remember when they were used', async () => {
      const { id, key } = await make();
      const extra = await stack.startProcess('web', await findFreePort());
      await new Operator(extra.url, key).get(randomUUID());
      extra.program.signal('SIGTERM');
      await extra.program.ended();
      const { data } = (await as(developer, 'GET', '/v1/api-keys')).json<{
        data: { id: string; lastUsedAt: string | null }[];
      }>();
      expect(data.find((row) => row.id === id)?.lastUsedAt).toEqual(expect.any(String));
    });
  });

  describe('users', () => {
    const roles = (who: Persona, id: string, wanted: string[]) =>
      as(who, 'PUT', `/v1/admin/users/${id}/roles`, { roles: wanted });
    const search = async (who: Persona, email: string) =>
      expectStatus(await as(who, 'POST', '/v1/admin/users/search', { email }), 200).json<{
        data: { id: string; email: string; roles: string[] }[];
      }>();

    it('are found by address; a developer sees it masked', async () => {
      const phone = await stack.phone().signUp();
      const { id } = phone.session.user;
      expect((await search(admin, phone.email.toUpperCase())).data).toMatchObject([
        { id, email: phone.email },
      ]);
      expect((await search(developer, phone.email)).data).toMatchObject([{ id, email: 'p***@e***' }]);
      expect(await search(admin, 'nobody@example.com')).toEqual({ data: [], nextCursor: null });
    });

    it('a change of roles ends the access tokens at once; a refresh gives the new roles', async () => {
      const phone = await stack.phone().signUp();
      const { id } = phone.session.user;
      expect((await phone.me()).status).toBe(200);
      const changed = expectStatus(await roles(admin, id, ['developer', 'user']), 200);
      expect(changed.json()).toMatchObject({ id, roles: ['user', 'developer'] });
      expect(refusal(await phone.me())).toEqual([401, 'unauthenticated']);
      expectStatus(await phone.refresh(), 200);
      expect(phone.session.user.roles).toEqual(['user', 'developer']);
      expect((await phone.api.get('/v1/api-keys', phone.authorization)).status).toBe(200);
      expectStatus(await roles(admin, id, ['user', 'developer']), 200);
      expect((await phone.me()).status).toBe(200);
      expectStatus(await roles(admin, id, ['user']), 200);
      expect((await phone.api.get('/v1/api-keys', phone.authorization)).status).toBe(401);
      expect(await audited(`user:${id}`)).toEqual([
        `user:${id} account.created`,
        ...Array.from({ length: 2 }, () => `user:${admin.userId} user.roles_changed`),
      ]);
    });

    it('an operator’s grant is audited, and ends the access tokens before it', async () => {
      const phone = await stack.phone().signUp();
      const { id } = phone.session.user;
      await stack.cli('admin', 'create', '--email', phone.email);
      expect(await audited(`user:${id}`)).toEqual([
        `user:${id} account.created`,
        'operator user.role_granted',
      ]);
      stack.moveClock(60_000);
      expect((await phone.me()).status).toBe(401);
      expectStatus(await phone.refresh(), 200);
      expect(phone.session.user.roles.toSorted()).toEqual(['admin', 'user']);
    });

    it('a session that ended elsewhere is refused at once where roles decide', async () => {
      const other = await tokens.persona({ roles: ['user', 'developer'] });
      expect((await as(other, 'GET', '/v1/api-keys')).status).toBe(200);
      await stack.sql('update loopin.sessions set revoked_at = now() where id = $1', [other.sessionId]);
      expect((await as(other, 'GET', '/v1/api-keys')).status).toBe(401);
    });

    it('keep one admin, however many go at once', async () => {
      await stack.sql("update loopin.users set roles = '{user}'");
      const admins = await Promise.all(
        Array.from({ length: 4 }, () => tokens.persona({ roles: ['user', 'admin'], aal: 'aal2' })),
      );
      const answers = await Promise.all(admins.map((one) => roles(one, one.userId, ['user'])));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 409]);
      const index = answers.findIndex(({ status }) => status === 409);
      expect(answers[index]?.json<Problem>().code).toBe('last_admin');

      const last = admins[index] ?? admin;
      const left = await stack.sql<{ id: string }>("select id from loopin.users where 'admin' = any(roles)");
      expect(left).toEqual([{ id: last.userId }]);
      expect(refusal(await roles(last, randomUUID(), ['user']))).toEqual([404, 'not_found']);
      expect(refusal(await roles(last, last.userId, ['root']))).toEqual([422, 'validation_failed']);
      expectStatus(await roles(last, admin.userId, ['user', 'admin']), 200);
      expectStatus(await roles(last, last.userId, ['user']), 200);
    });
  });

  // three months ahead the sweeps take every session: nothing comes after this
  it('an API key that ends soon is said by the worker', async () => {
    const { id } = await stack.cli<{ id: string }>(
      'apikey',
      'create',
      '--name',
      'old',
      '--scopes',
      'push:read',
    );
    stack.moveClock(89.5 * DAY_MS);
    const warning = await stack.logLine('worker', (line) => JSON.stringify(line).includes(id));
    expect(warning).toMatchObject({ level: 'warn', days: 1 });
    expect(await audited(`api_key:${id}`)).toEqual(['operator api_key.created', 'system api_key.ends_soon']);
  });
});
