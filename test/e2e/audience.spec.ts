import { randomUUID } from 'node:crypto';
import { expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
import type { Operator } from '../support/operator';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';

jest.setTimeout(60_000);

const PHONES = 5;

describe('an audience', () => {
  let stack: TestStack;
  let phones: Phone[];
  let operator: Operator;

  beforeAll(async () => {
    stack = await TestStack.start({ env: { ONESIGNAL_CHUNK_SIZE: '2' } });
    phones = await Promise.all(range(PHONES).map(() => stack.phone().install()));
    operator = await stack.operator();
  });
  afterAll(() => stack.stop());

  const content = (title: string) => ({ title });
  const targetsOf = async (title: string) =>
    (await stack.sandbox.deliveries()).filter((one) => one.title === title).map((one) => one.subscriptionId);
  const subscriptions = (of: readonly Phone[]) => of.map(({ subscriptionId }) => subscriptionId).sort();
  const complete = (id: string) => operator.waitUntil(id, ({ completedAt }) => completedAt !== null);

  it('is reached in chunks, each phone once', async () => {
    const title = randomUUID();
    const audience = { users: phones.map(({ session }) => session.user.id) };
    const created = expectStatus(await operator.create({ audience, content: content(title) }), 202);
    expect(created.json()).toMatchObject({ recipients: PHONES });
    const view = await complete(created.json<{ id: string }>().id);
    expect(view).toMatchObject({
      status: 'completed',
      counts: { targeted: PHONES, sent: PHONES, pending: 0 },
    });
    expect((await targetsOf(title)).sort()).toEqual(subscriptions(phones));
    const calls = (await stack.sandbox.calls()).map(({ recipients }) => recipients);
    expect(calls.sort()).toEqual([1, 2, 2]);
  });

  it('may name users and devices together, and counts nobody twice', async () => {
    const title = randomUUID();
    const [first, second] = phones;
    const audience = {
      users: [first?.session.user.id, second?.session.user.id?.toUpperCase()],
      devices: [first?.deviceId, randomUUID()],
    };
    const created = expectStatus(await operator.create({ audience, content: content(title) }), 202);
    expect(created.json()).toMatchObject({ recipients: 2 });
    await complete(created.json<{ id: string }>().id);
    expect((await targetsOf(title)).sort()).toEqual(subscriptions(phones.slice(0, 2)));
  });

  it('has no phone in it that was silent for 270 days, or has signed out', async () => {
    const [silent, gone] = [await stack.phone().install(), await stack.phone().install()];
    await stack.sql(
      "update loopin.devices set last_seen_at = now() - interval '271 days' where device_id = $1",
      [silent.deviceId],
    );
    expectStatus(await gone.logout(), 204);
    const created = await operator.create({
      audience: { devices: [silent.deviceId, gone.deviceId, phones[0]?.deviceId] },
      content: content(randomUUID()),
    });
    expect(expectStatus(created, 202).json()).toMatchObject({ recipients: 1 });
  });

  it.each([
    ['nobody', { audience: {}, content: { title: 'x' } }, 'audience'],
    ['an empty list', { audience: { users: [] }, content: { title: 'x' } }, 'audience.users'],
    [
      'too many',
      { audience: { users: range(2_001).map(() => randomUUID()) }, content: { title: 'x' } },
      'audience.users',
    ],
    ['an id that is none', { audience: { users: ['x'] }, content: { title: 'x' } }, 'audience.users.0'],
    ['no words', { audience: { users: [randomUUID()] }, content: {} }, 'content'],
    [
      'more than 4 KiB',
      { audience: { users: [randomUUID()] }, content: { title: 'x', data: { x: 'y'.repeat(4_096) } } },
      'content',
    ],
    [
      'an image by http',
      { audience: { users: [randomUUID()] }, content: { title: 'x', imageUrl: 'http://x.example/i.png' } },
      'content.imageUrl',
    ],
    [
      'a field of nobody',
      { audience: { users: [randomUUID()] }, content: { title: 'x' }, sendAtt: 'now' },
      'sendAtt',
    ],
  ])('of %s is refused', async (_, body, path) => {
    const answer = expectStatus(await operator.create(body), 422);
    expect(answer.json<Problem>().errors?.map((error) => error.path)).toContain(path);
  });
});
