import { randomUUID } from 'node:crypto';
import { expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
import type { Operator } from '../support/operator';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';
import { TestTokens } from '../support/test-tokens';

jest.setTimeout(240_000);

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface DeliveryView {
  readonly userId: string;
  readonly deviceId: string;
  readonly state: string;
  readonly reason: string | null;
}
interface DeliveriesPage {
  readonly data: DeliveryView[];
  readonly nextCursor: string | null;
}

describe('a notification', () => {
  let stack: TestStack;
  let phones: Phone[];
  let operator: Operator;

  beforeAll(async () => {
    stack = await TestStack.start({ env: { ONESIGNAL_CHUNK_SIZE: '2' } });
    phones = await Promise.all(range(3).map(() => stack.phone().install()));
    operator = await stack.operator();
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const [users, subscriptions] = [
    () => phones.map(({ session }) => session.user.id),
    () => phones.map(({ subscriptionId }) => subscriptionId).sort(),
  ];
  const sentAs = async (title: string) =>
    (await stack.sandbox.deliveries()).filter((one) => one.title === title).map((one) => one.subscriptionId);
  const create = async (body: object) =>
    expectStatus(await operator.create(body), 202).json<{ id: string; status: string; recipients: number }>();
  const done = (id: string) => operator.waitUntil(id, ({ completedAt }) => completedAt !== null, 90_000);
  const cancel = (id: string) =>
    operator.api.post(`/v1/push/notifications/${id}/cancel`, undefined, { 'x-api-key': operator.apiKey });
  const deliveries = (id: string, query = '') =>
    operator.api.get(`/v1/push/notifications/${id}/deliveries${query}`, { 'x-api-key': operator.apiKey });
  const refused = async (body: object) =>
    expectStatus(await operator.create(body), 422)
      .json<Problem>()
      .errors?.map(({ path }) => path);

  describe('for later', () => {
    const inOneHour = () => new Date(Date.now() + HOUR_MS).toISOString();

    it('waits for its time, over a restart of the worker, and goes out once', async () => {
      const title = randomUUID();
      const sendAt = inOneHour();
      const { id, status } = await create({ audience: { users: users() }, content: { title }, sendAt });
      expect(status).toBe('scheduled');
      expect((await operator.get(id)).json()).toMatchObject({ status: 'scheduled', sendAt });
      await stack.killWorker();
      stack.moveClock(HOUR_MS - 5 * 60_000);
      await done((await create({ audience: { users: users() }, content: { title: 'now' } })).id);
      expect(await sentAs(title)).toEqual([]);
      stack.moveClock(HOUR_MS + 1_000);
      expect(await done(id)).toMatchObject({ status: 'completed', counts: { sent: 3 } });
      expect((await sentAs(title)).sort()).toEqual(subscriptions());
    });

    it('can be cancelled until it starts, twice as well', async () => {
      const title = randomUUID();
      const body = { audience: { users: users() }, content: { title }, sendAt: inOneHour() };
      const { id } = await create(body);
      expect(expectStatus(await cancel(id), 200).json()).toMatchObject({ id, status: 'cancelled' });
      expectStatus(await cancel(id), 200);
      stack.moveClock(2 * HOUR_MS);
      await done((await create({ audience: { users: users() }, content: { title: 'later' } })).id);
      expect(await sentAs(title)).toEqual([]);
      expect((await operator.get(id)).json()).toMatchObject({ status: 'cancelled', counts: { targeted: 0 } });
    });

    it('cannot be cancelled once it has started, nor when it is not there', async () => {
      const { id } = await create({ audience: { users: users() }, content: { title: 'started' } });
      await done(id);
      expect(expectStatus(await cancel(id), 409).json<Problem>().code).toBe('already_started');
      expectStatus(await cancel(randomUUID()), 404);
    });

    it('is at most 30 days ahead', async () => {
      const sendAt = new Date(Date.now() + 31 * DAY_MS).toISOString();
      expect(await refused({ audience: { all: true }, content: { title: 'x' }, sendAt })).toEqual(['sendAt']);
    });
  });

  it('to everybody reaches each phone once, and says so when it is known', async () => {
    const title = randomUUID();
    const { id, recipients } = await create({ audience: { all: true, users: users() }, content: { title } });
    expect(recipients).toBeNull();
    expect(await done(id)).toMatchObject({ recipients: 3, counts: { targeted: 3, sent: 3, pending: 0 } });
    expect((await sentAs(title)).sort()).toEqual(subscriptions());
  });

  it('to topics reaches their subscribers, nobody twice', async () => {
    const title = randomUUID();
    const [first = '', second = ''] = users();
    await stack.sql(
      `insert into loopin.push_topic_subscriptions
       values ('a', $1, now()), ('b', $1, now()), ('b', $2, now()), ('c', $3, now())`,
      users(),
    );
    const { id } = await create({ audience: { topics: ['a', 'b'] }, content: { title } });
    await done(id);
    const named = phones.filter(({ session }) => [first, second].includes(session.user.id));
    expect((await sentAs(title)).sort()).toEqual(named.map(({ subscriptionId }) => subscriptionId).sort());
  });

  it('to a topic of nobody is completed with nobody', async () => {
    const { id } = await create({ audience: { topics: ['nobody'] }, content: { title: 'x' } });
    expect(await done(id)).toMatchObject({ status: 'completed', counts: { targeted: 0 }, recipients: 0 });
  });

  it('as a dry run counts everybody and sends nothing', async () => {
    const title = randomUUID();
    const { id } = await create({ audience: { all: true }, content: { title }, dryRun: true });
    const view = await done(id);
    expect(view).toMatchObject({ status: 'completed', counts: { targeted: 3, suppressed: 3, sent: 0 } });
    const { data } = expectStatus(await deliveries(id), 200).json<DeliveriesPage>();
    expect(data.map(({ state, reason }) => [state, reason])).toEqual(
      range(3).map(() => ['suppressed', 'dry_run']),
    );
    expect(await sentAs(title)).toEqual([]);
  });

  it('lists its recipients in pages, by state where asked', async () => {
    const { id } = await create({ audience: { users: users() }, content: { title: 'list' } });
    await done(id);
    const seen: DeliveryView[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = `?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: DeliveriesPage = expectStatus(await deliveries(id, query), 200).json();
      seen.push(...page.data);
      cursor = page.nextCursor;
    }
    expect(seen.map(({ userId }) => userId).sort()).toEqual(users().sort());
    expect(seen[0]).toMatchObject({
      deviceId: expect.any(String),
      reason: null,
      updatedAt: expect.any(String),
    });
    expect((await deliveries(id, '?state=failed')).json()).toEqual({ data: [], nextCursor: null });
    expectStatus(await deliveries(id, '?state=odd'), 422);
    expectStatus(await deliveries(id, '?cursor=abcd'), 422);
    expectStatus(await deliveries(randomUUID()), 404);
  });

  it('speaks to each phone in its language', async () => {
    const title = randomUUID();
    const locales = ['pt-BR', 'pt-PT', 'fr'];
    await Promise.all(
      phones.map(async (phone, i) => expectStatus(await phone.putDevice({ locale: locales[i] }), 200)),
    );
    const { id } = await create({
      audience: { users: users() },
      content: { title: `${title}-default` },
      localizations: { 'pt-BR': { title: `${title}-br` }, pt: { title: `${title}-pt` } },
    });
    await done(id);
    const words = phones.map(async ({ subscriptionId }) =>
      (await stack.sandbox.deliveries(subscriptionId))
        .map((one) => one.title)
        .find((one) => one.startsWith(title)),
    );
    expect(await Promise.all(words)).toEqual([`${title}-br`, `${title}-pt`, `${title}-default`]);
  });

  it('is refused when any of its variants is too large, or its words are unclear', async () => {
    const audience = { all: true };
    const content = { title: 'x' };
    const large = { data: { x: 'y'.repeat(4_096) } };
    expect(await refused({ audience, content: { ...content, ...large } })).toEqual(['content']);
    expect(await refused({ audience, content, localizations: { pt: large } })).toEqual(['localizations.pt']);
    expect(await refused({ audience, content, localizations: { 'not a locale': {} } })).toHaveLength(1);
    const template = { template: 'welcome' };
    expect(await refused({ audience, content: { ...content, ...template } })).toEqual(['content.title']);
    expect(await refused({ audience, content: { ...content, variables: {} } })).toEqual([
      'content.variables',
    ]);
    expect(await refused({ audience, content: template, localizations: {} })).toEqual(['localizations']);
    expect(await refused({ audience, content: { title: 'x\0' } })).toEqual(['content.title']);
    expect(await refused({ audience })).toEqual(['content']);
    expect(await refused({ audience, content, category: 'No Name' })).toEqual(['category']);
    expect(await refused({ audience: { topics: ['!'] }, content })).toEqual(['audience.topics.0']);
  });

  it('is tested by an admin on a device of their own, and on no other', async () => {
    const admin = await new TestTokens(stack).persona({ roles: ['user', 'admin'], aal: 'aal2' });
    const target = randomUUID();
    await stack.sql(
      `update loopin.devices set push_provider = 'onesignal', push_target = $2, token_hash = '\\x00'
       where device_id = $1`,
      [admin.deviceId, target],
    );
    const content = { title: randomUUID() };
    const send = (deviceId: string) =>
      stack.api.post('/v1/push/test', { deviceId, content }, admin.authorization);
    const created = expectStatus(await send(admin.deviceId), 202).json<{ id: string; recipients: number }>();
    expect(created.recipients).toBe(1);
    await done(created.id);
    expect(await sentAs(content.title)).toEqual([target]);
    expectStatus(await send(phones[0]?.deviceId ?? ''), 404);
  });
});
