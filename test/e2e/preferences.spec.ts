import { randomUUID } from 'node:crypto';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { TestStack } from '../support/test-stack';
import { type Persona, TestTokens } from '../support/test-tokens';

jest.setTimeout(60_000);

const PATH = '/v1/push/preferences';
const NIGHT = { start: '22:00', end: '07:00', timezone: 'Europe/Berlin' };

describe('what a person wants to hear, and when', () => {
  let stack: TestStack;
  let tokens: TestTokens;
  let user: Persona;
  let admin: Persona;
  let developer: Persona;

  beforeAll(async () => {
    stack = await TestStack.shared();
    tokens = new TestTokens(stack);
    admin = await tokens.persona({ roles: ['user', 'admin'], aal: 'aal2' });
    developer = await tokens.persona({ roles: ['user', 'developer'] });
  });
  beforeEach(async () => {
    user = await tokens.persona({ roles: ['user'] });
  });
  afterAll(() => stack.stop());

  const as = (who: Persona, method: string, path: string, body?: unknown, headers = {}) =>
    stack.api.request(method, path, {
      headers: { ...who.authorization, ...headers },
      ...(body !== undefined && { body }),
    });
  const read = (headers = {}) => as(user, 'GET', PATH, undefined, headers);
  const write = (body: unknown, headers = {}) => as(user, 'PUT', PATH, body, headers);
  const refusal = (answer: Answer) => [answer.status, answer.json<Problem>().code];
  const tagOf = (answer: Answer) => answer.headers.get('etag') ?? '';

  it('is everything, at any time, until they choose', async () => {
    expect(expectStatus(await read(), 200).json()).toEqual({ categories: {}, quietHours: null });
  });

  it('is kept: only what was turned off', async () => {
    const categories = { marketing: false, news: true, security: true, alerts: false };
    const put = expectStatus(await write({ categories, quietHours: NIGHT }), 200);
    const kept = { categories: { alerts: false, marketing: false }, quietHours: NIGHT };
    expect(put.json()).toEqual(kept);
    expect(expectStatus(await read(), 200).json()).toEqual(kept);
    expect(tagOf(await read())).toBe(tagOf(put));
    const none = { categories: {}, quietHours: null };
    expect(expectStatus(await write(none), 200).json()).toEqual(none);
    const other = await tokens.persona({ roles: ['user'] });
    expect((await as(other, 'GET', PATH)).json()).toEqual(none);
  });

  it.each([
    ['security turned off', { categories: { security: false }, quietHours: null }, 'categories.security'],
    ['no category', { categories: { 'Not A Name': false }, quietHours: null }, 'categories.Not A Name'],
    ['an answer that is no yes or no', { categories: { news: 'no' }, quietHours: null }, 'categories.news'],
    [
      'too many categories',
      {
        categories: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`c${n}`, false])),
        quietHours: null,
      },
      'categories',
    ],
    ['half of it', { categories: {} }, 'quietHours'],
    ['no time', { categories: {}, quietHours: { ...NIGHT, start: '24:00' } }, 'quietHours.start'],
    ['a time with seconds', { categories: {}, quietHours: { ...NIGHT, end: '07:00:00' } }, 'quietHours.end'],
  ])('is refused with %s', async (_, body, path) => {
    const answer = expectStatus(await write(body), 422);
    expect(answer.json<Problem>().errors?.map((error) => error.path)).toEqual([path]);
    expect((await read()).json()).toEqual({ categories: {}, quietHours: null });
  });

  it.each(['Mars/Olympus', 'CET', '+02:00', 'PST8PDT', "Europe/Berlin'; --", 'Etc/GMT+99'])(
    'does not know the time of %s',
    async (timezone) => {
      const answer = expectStatus(await write({ categories: {}, quietHours: { ...NIGHT, timezone } }), 422);
      expect(answer.json<Problem>().errors?.map((error) => error.path)).toEqual(['quietHours.timezone']);
    },
  );

  it.each(['UTC', 'Asia/Kolkata', 'America/Argentina/Buenos_Aires', 'Australia/Lord_Howe', 'Etc/GMT+5'])(
    'knows the time of %s',
    async (timezone) => {
      expectStatus(await write({ categories: {}, quietHours: { ...NIGHT, timezone } }), 200);
    },
  );

  it('is nothing any more once their account was erased', async () => {
    await read();
    await stack.sql('delete from loopin.users where id = $1', [user.userId]);
    expect(refusal(await write({ categories: {}, quietHours: NIGHT }))).toEqual([401, 'unauthenticated']);
  });

  it('is not sent again to who has it', async () => {
    const first = expectStatus(await read(), 200);
    const again = expectStatus(await read({ 'if-none-match': `"other", W/${tagOf(first)}` }), 304);
    expect([again.text, again.headers.get('content-type')]).toEqual(['', null]);
    expect(tagOf(again)).toBe(tagOf(first));
    expectStatus(await write({ categories: { news: false }, quietHours: null }), 200);
    expectStatus(await read({ 'if-none-match': tagOf(first) }), 200);
  });

  it('is changed by one of two who both mean to change the same', async () => {
    const tag = tagOf(await read());
    const changes = ['a', 'b', 'c', 'd'].map((name) =>
      write({ categories: { [name]: false }, quietHours: null }, { 'if-match': tag }),
    );
    const answers = await Promise.all(changes);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    const late = answers.find(({ status }) => status === 412);
    expect(late?.json<Problem>().code).toBe('precondition_failed');
    expectStatus(await write({ categories: {}, quietHours: null }, { 'if-match': '*' }), 200);
  });

  describe('categories', () => {
    const cap = { count: 3, windowSeconds: 86_400 };
    const put = (name: string, body: unknown, who = admin) =>
      as(who, 'PUT', `/v1/push/categories/${name}`, body);
    const list = async (query = '') =>
      expectStatus(await as(developer, 'GET', `/v1/push/categories${query}`), 200).json<{
        data: { name: string; cap: unknown }[];
        nextCursor: string | null;
      }>();

    it('are capped, and freed again, by an admin; each change is audited', async () => {
      const name = `c-${randomUUID()}`;
      expect(expectStatus(await put(name, { cap }), 200).json()).toMatchObject({ name, cap });
      expect(expectStatus(await put(name, { cap: null }), 200).json()).toMatchObject({ name, cap: null });
      expect((await list('?limit=100')).data).toContainEqual(expect.objectContaining({ name, cap: null }));
      expectStatus(await as(admin, 'DELETE', `/v1/push/categories/${name}`), 204);
      expectStatus(await as(admin, 'DELETE', `/v1/push/categories/${name}`), 404);
      const rows = await stack.sql<{ line: string }>(
        "select actor || ' ' || action as line from loopin.audit_events where target = $1 order by occurred_at, id",
        [`push_category:${name}`],
      );
      expect(rows.map(({ line }) => line)).toEqual([
        `user:${admin.userId} push_category.changed`,
        `user:${admin.userId} push_category.changed`,
        `user:${admin.userId} push_category.deleted`,
      ]);
    });

    it('are listed page by page, by name', async () => {
      const names = ['page-c', 'page-a', 'page-b'];
      for (const name of names) expectStatus(await put(name, { cap }), 200);
      const first = await list('?limit=2');
      expect(first.data).toHaveLength(2);
      const rest = await list(`?limit=100&cursor=${first.nextCursor}`);
      const all = [...first.data, ...rest.data].map(({ name }) => name);
      expect(all).toEqual(all.toSorted());
      expect(all).toEqual(expect.arrayContaining(names));
      expect(rest.nextCursor).toBeNull();
    });

    it.each([
      ['a cap on security', 'security', { cap }],
      ['a name that is none', 'No!', { cap }],
      ['no window', 'news', { cap: { count: 3 } }],
      ['a window of a second', 'news', { cap: { count: 3, windowSeconds: 1 } }],
      ['nothing at all', 'news', {}],
    ])('are refused with %s', async (_, name, body) => {
      expect(refusal(await put(name, body))).toEqual([422, 'validation_failed']);
    });
  });
});
