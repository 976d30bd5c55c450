import { randomUUID } from 'node:crypto';
import { Algorithm, hashSync } from '@node-rs/argon2';
import { type Answer, expectStatus } from '../support/api';
import { range } from '../support/concurrently';
import { changePassword, codeOf, errorsOf, goodPassword } from '../support/passwords';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

const DAY_MS = 86_400_000;
const LEAKED = 'password is known from a data leak: choose another one';

describe('a new password', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.start();
  });
  afterEach(async () => {
    stack.moveClock(0);
    await hibp('fault', {});
  });
  afterAll(() => stack.stop());

  const hibpUrl = (path: string) => `http://127.0.0.1:${stack.local.ports.mailbox}/hibp/${path}`;
  const hibp = (path: string, body: unknown) =>
    fetch(hibpUrl(path), { method: 'PUT', body: JSON.stringify(body) });
  const rangesAsked = async () => ((await (await fetch(hibpUrl('calls'))).json()) as { count: number }).count;
  const register = (password: string, more: Record<string, string> = {}): Promise<Answer> =>
    stack.api.post('/v1/auth/register', { email: `${randomUUID()}@example.com`, password, ...more });
  const hashOf = async ({ email }: Phone) => {
    const rows = await stack.sql<{ hash: string }>(
      'select password_hash as hash from loopin.users where email = $1',
      [email],
    );
    return rows[0]?.hash ?? '';
  };

  it('is refused when it is common, leaked, or like the address or the name', async () => {
    const refused = async (password: string, more?: Record<string, string>) => {
      const answer = expectStatus(await register(password, more), 422);
      expect(codeOf(answer)).toBe('validation_failed');
      return errorsOf(answer).join();
    };
    expect(await refused('short1!A')).toMatch(/^password needs at least 12/);
    expect(await refused('P@ssw0rd1234')).toMatch(/^password is too common/);
    expect(await refused('Paperboat-771!', { email: 'x@paperboat.io' })).toMatch(
      /^password is too much like/,
    );
    expect(await refused('Zuleikha#77xQ', { displayName: 'Zuleikha' })).toMatch(/^password is too much like/);
    expect(await refused('Kettle-Stolen-771!')).toBe(LEAKED);
    await hibp('leaked', { passwords: ['mJ4#vq9Lw!zT'] });
    expect(await refused('mJ4#vq9Lw!zT')).toBe(LEAKED);
    expect((await register('mJ4#vq9Lw!zU')).status).toBe(202);
  });

  it('is looked up once an hour, and taken while nobody can tell, which is logged and counted', async () => {
    const isLookedUpOnce = async () => {
      const password = goodPassword();
      const before = await rangesAsked();
      for (const _ of range(3)) expectStatus(await register(password), 202);
      return (await rangesAsked()) === before + 1;
    };
    // a Redis that is late is not waited for, which costs another look-up: then the next password shows it
    await waitFor('one look-up for three times the same password', isLookedUpOnce, 20_000);

    await hibp('fault', { status: 503 });
    expectStatus(await register(goodPassword()), 202);
    const line = await stack.logLine('web', ({ provider }) => provider === 'hibp');
    expect(line).toMatchObject({ level: 'warn', count: expect.any(Number) });
  });

  it('replaces the current one: other sessions end, this one goes on, the owner is told', async () => {
    const phone = await stack.phone().signUp();
    const other = phone.sibling();
    expectStatus(await other.login(), 200);
    const old = phone.password;

    const wrong = { currentPassword: goodPassword(), newPassword: goodPassword() };
    const refused = await phone.api.post('/v1/auth/password/change', wrong, phone.authorization);
    expect([refused.status, codeOf(refused)]).toEqual([401, 'invalid_credentials']);
    expectStatus(await changePassword(phone, goodPassword()), 204);

    expect((await phone.me()).status).toBe(200);
    expect((await phone.refresh()).status).toBe(200);
    expect((await other.me()).status).toBe(401);
    expect(codeOf(await other.refresh())).toBe('session_revoked');
    expect((await phone.login()).status).toBe(200);
    phone.password = old;
    expect(codeOf(await phone.login())).toBe('invalid_credentials');
    const mails = await stack.mailbox.waitForMails(phone.email, 3);
    expect(mails.map(({ subject }) => subject)).toContain('Your password was changed');
    const audit = await stack.sql(
      'select details from loopin.audit_events where action = $1 and actor = $2',
      ['password.changed', `user:${phone.session.user.id}`],
    );
    expect(audit).toEqual([{ details: { by: 'current_password' } }]);
  });

  it('is none of the last five', async () => {
    const phone = await stack.phone().signUp();
    const used = [phone.password];
    for (const _ of range(4)) {
      used.push(goodPassword());
      expectStatus(await changePassword(phone, used.at(-1) ?? ''), 204);
    }
    for (const former of used) {
      const answer = expectStatus(await changePassword(phone, former), 422);
      expect(errorsOf(answer)).toEqual(['newPassword was one of the last five: choose another one']);
    }
    expectStatus(await changePassword(phone, goodPassword()), 204);
    expectStatus(await changePassword(phone, used[0] ?? ''), 204);
  });

  it('needs a session with the current one, or a token, not both, and no API key', async () => {
    const newPassword = goodPassword();
    const change = (body: object, headers?: Record<string, string>) =>
      stack.api.post('/v1/auth/password/change', { newPassword, ...body }, headers);
    expect(codeOf(await change({ currentPassword: 'x' }))).toBe('unauthenticated');
    expect(codeOf(await change({ passwordChangeToken: 'x' }))).toBe('password_change_token_invalid');
    expect(codeOf(await change({}))).toBe('validation_failed');
    expect(codeOf(await change({ currentPassword: 'x', passwordChangeToken: 'x' }))).toBe(
      'validation_failed',
    );
    const { apiKey } = await stack.operator('push:send');
    expect((await change({ currentPassword: 'x' }, { 'x-api-key': apiKey })).status).toBe(403);
  });

  it('is due after 90 days: the old one gives a token that is good for that, once', async () => {
    const phone = await stack.phone().signUp();
    stack.moveClock(6 * DAY_MS);
    for (const day of range(14)) {
      stack.moveClock((day + 1) * 6 * DAY_MS);
      expectStatus(await phone.refresh(), 200);
    }
    stack.moveClock(90 * DAY_MS + 1_000);
    const expired = await phone.login();
    expect([expired.status, codeOf(expired)]).toEqual([403, 'password_expired']);
    const { passwordChangeToken } = expired.json<{ passwordChangeToken: string }>();

    const change = (newPassword: string, token = passwordChangeToken) =>
      stack.api.post('/v1/auth/password/change', { passwordChangeToken: token, newPassword });
    expect((await change(phone.password)).status).toBe(422);
    const next = goodPassword();
    const parallel = await Promise.all([change(next), change(goodPassword())]);
    expect(parallel.map(({ status }) => status).sort()).toEqual([204, 401]);
    expect(codeOf(await change(goodPassword()))).toBe('password_change_token_invalid');
    if (parallel[0]?.status === 204) phone.password = next;
    expect((await phone.login()).status).toBe(parallel[0]?.status === 204 ? 200 : 401);
    const stored = await stack.sql('select count(*)::int as count from loopin.password_change_tokens');
    expect(stored).toEqual([{ count: 0 }]);
  });

  it('gives five tries and five minutes to a token', async () => {
    const phone = await stack.phone().signUp();
    stack.moveClock(91 * DAY_MS);
    const token = async () =>
      expectStatus(await phone.login(), 403).json<{ passwordChangeToken: string }>().passwordChangeToken;
    const change = (passwordChangeToken: string, newPassword: string) =>
      stack.api.post('/v1/auth/password/change', { passwordChangeToken, newPassword });
    const first = await token();
    for (const _ of range(5)) expect((await change(first, phone.password)).status).toBe(422);
    expect((await change(first, goodPassword())).status).toBe(401);

    const late = await token();
    stack.moveClock(91 * DAY_MS + 301_000);
    expect((await change(late, goodPassword())).status).toBe(401);
    expect((await change(await token(), goodPassword())).status).toBe(204);
  });

  it('is hashed again at sign-in when the parameters have risen', async () => {
    const phone = await stack.phone().signUp();
    const weak = { algorithm: Algorithm.Argon2id, memoryCost: 8_192, timeCost: 1, parallelism: 1 };
    await stack.sql('update loopin.users set password_hash = $1 where email = $2', [
      hashSync(phone.password, weak),
      phone.email,
    ]);
    expectStatus(await phone.login(), 200);
    expect(await hashOf(phone)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expectStatus(await phone.login(), 200);
  });
});
