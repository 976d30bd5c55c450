import { type Answer, expectStatus, type Problem } from '../support/api';
import { concurrently, range } from '../support/concurrently';
import { TestStack } from '../support/test-stack';
import { type Persona, TestTokens } from '../support/test-tokens';

jest.setTimeout(60_000);

describe('topics', () => {
  let stack: TestStack;
  let tokens: TestTokens;
  let user: Persona;

  beforeAll(async () => {
    stack = await TestStack.shared();
    tokens = new TestTokens(stack);
  });
  beforeEach(async () => {
    user = await tokens.persona({ roles: ['user'] });
  });
  afterAll(() => stack.stop());

  const call = (method: string, topic: string, headers = {}) =>
    stack.api.request(method, `/v1/push/topics/${topic}/subscription`, {
      headers: { ...user.authorization, ...headers },
    });
  const list = async (query = '') =>
    expectStatus(await stack.api.get(`/v1/push/topics${query}`, { ...user.authorization }), 200).json<{
      data: { topic: string; createdAt: string }[];
      nextCursor: string | null;
    }>();
  const names = async (query = '') => (await list(query)).data.map(({ topic }) => topic);
  const refusal = (answer: Answer) => [answer.status, answer.json<Problem>().code];

  it('are joined and left, again and again', async () => {
    expectStatus(await call('PUT', 'news'), 204);
    const [joined] = (await list()).data;
    expectStatus(await call('PUT', 'news'), 204);
    expectStatus(await call('PUT', 'team.blue'), 204);
    expect(await names()).toEqual(['news', 'team.blue']);
    expect((await list()).data[0]).toEqual(joined);
    expectStatus(await call('DELETE', 'news'), 204);
    expectStatus(await call('DELETE', 'news'), 204);
    expect(await names()).toEqual(['team.blue']);
  });

  it('are everybody’s own', async () => {
    expectStatus(await call('PUT', 'news'), 204);
    const other = await tokens.persona({ roles: ['user'] });
    const theirs = await stack.api.get('/v1/push/topics', { ...other.authorization });
    expect(theirs.json()).toEqual({ data: [], nextCursor: null });
  });

  it('are nobody’s whose account was erased a moment ago', async () => {
    expect(await names()).toEqual([]);
    await stack.sql('delete from loopin.users where id = $1', [user.userId]);
    expect(refusal(await call('PUT', 'news'))).toEqual([401, 'unauthenticated']);
  });

  it('have names', async () => {
    expect(refusal(await call('PUT', 'n%C3%A9ws'))).toEqual([422, 'validation_failed']);
    expect(refusal(await call('DELETE', 'n%C3%A9ws'))).toEqual([404, 'not_found']);
    expect((await call('PUT', 'x'.repeat(100))).status).toBe(204);
  });

  it('are listed page by page, also with long names', async () => {
    const all = range(5).map((n) => `${n}${'x'.repeat(99)}`);
    for (const topic of all) expectStatus(await call('PUT', topic), 204);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await list(`?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.data.map(({ topic }) => topic));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(all);
    expect((await stack.api.get('/v1/push/topics?cursor=IQ', { ...user.authorization })).status).toBe(422);
  });

  it('are 200 at most, however many are joined at once', async () => {
    await stack.sql(
      `insert into loopin.push_topic_subscriptions (topic, user_id, created_at)
       select 't' || n, $1, now() from generate_series(1, 195) n`,
      [user.userId],
    );
    const answers = await concurrently(range(12), 6, (n) => call('PUT', `more${n}`));
    const refused = answers.filter(({ status }) => status !== 204);
    expect(refused.map(refusal)).toEqual(range(7).map(() => [409, 'topic_limit_reached']));
    expect(
      await stack.sql('select from loopin.push_topic_subscriptions where user_id = $1', [user.userId]),
    ).toHaveLength(200);
    expectStatus(await call('PUT', 't1'), 204);
    expectStatus(await call('DELETE', 't1'), 204);
    expectStatus(await call('PUT', 'in-its-place'), 204);
  });

  it('are not touched with the token of another device', async () => {
    const phone = await stack.phone().install();
    const call = (token: string) =>
      phone.api.request('PUT', '/v1/push/topics/news/subscription', {
        headers: { ...phone.authorization, 'x-device-token': token },
      });
    expect(refusal(await call('wrong'))).toEqual([401, 'device_token_invalid']);
    expectStatus(await call(phone.deviceToken ?? ''), 204);
  });
});
