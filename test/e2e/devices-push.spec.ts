import { randomUUID } from 'node:crypto';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
import { Operator } from '../support/operator';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';

jest.setTimeout(60_000);

describe('push to a device', () => {
  let stack: TestStack;
  let phone: Phone;

  beforeAll(async () => {
    stack = await TestStack.shared();
  });
  beforeEach(async () => {
    phone = await stack.phone().signUp();
  });
  afterAll(() => stack.stop());

  const registered = (answer: Answer) => answer.json<{ device: Record<string, unknown> }>();
  const rowOf = async (of: Phone) => {
    const [row] = await stack.sql<Record<string, unknown>>(
      `select push_provider, push_target, fallback_provider, fallback_target, push_end_reason,
              push_ended_at is not null as ended, fingerprint_changed_at is not null as flagged
       from loopin.devices where device_id = $1`,
      [of.deviceId],
    );
    return row;
  };
  const audits = (action: string, userId: string) =>
    stack.sql('select actor from loopin.audit_events where action = $1 and target = $2', [
      action,
      `user:${userId}`,
    ]);
  const both = (provider: string, subscriptionId = randomUUID(), token = `fcm-${randomUUID()}`) => ({
    push: { provider, subscriptionId, token },
  });
  const NOTHING = {
    push_provider: null,
    push_target: null,
    fallback_provider: null,
    fallback_target: null,
  };

  it.each([
    ['onesignal', 'fcm'],
    ['fcm', 'onesignal'],
  ])('by %s first, with the other one as the way out', async (provider, fallbackProvider) => {
    const changes = both(provider);
    const answer = expectStatus(await phone.putDevice(changes), 201);
    expect(registered(answer).device).toMatchObject({ push: { provider, fallbackProvider } });
    expect(answer.text).not.toContain(changes.push.token);
    const { subscriptionId, token } = changes.push;
    expect(await rowOf(phone)).toMatchObject({
      push_target: provider === 'fcm' ? token : subscriptionId,
      fallback_target: provider === 'fcm' ? subscriptionId : token,
    });
  });

  it.each([
    [{ provider: 'fcm', subscriptionId: randomUUID() }, 'push.token'],
    [{ provider: 'onesignal', token: 'x' }, 'push.subscriptionId'],
    [{ provider: 'onesignal', subscriptionId: 'x' }, 'push.subscriptionId'],
    [{ provider: 'fcm', token: 'with a blank' }, 'push.token'],
    [{ provider: 'fcm', token: 'x'.repeat(1_001) }, 'push.token'],
    [{ provider: 'apns', token: 'x' }, 'push.provider'],
  ])('%j is refused', async (push, path) => {
    const answer = expectStatus(await phone.putDevice({ push }), 422);
    expect(answer.json<Problem>().errors?.map((error) => error.path)).toContain(path);
  });

  it('stays as it is when nothing is said of it, and ends with null', async () => {
    expectStatus(await phone.putDevice(both('onesignal')), 201);
    const before = await rowOf(phone);
    expectStatus(await phone.putDevice({ push: undefined }), 200);
    expect(await rowOf(phone)).toEqual(before);
    const ended = expectStatus(await phone.putDevice({ push: null }), 200);
    expect(registered(ended).device).toMatchObject({ push: null });
    expect(await rowOf(phone)).toMatchObject({ ...NOTHING, push_end_reason: 'withdrawn', ended: true });
    expect(await audits('device.push_withdrawn', phone.session.user.id)).toHaveLength(1);
  });

  it('has one token a phone: the newer one supersedes', async () => {
    expectStatus(await phone.putDevice(both('fcm')), 201);
    const next = both('fcm');
    expectStatus(await phone.putDevice({ push: { provider: 'fcm', token: next.push.token } }), 200);
    expect(await rowOf(phone)).toMatchObject({ push_target: next.push.token, fallback_target: null });
  });

  it('moves with its token between people, wherever it was', async () => {
    const before = await stack.phone().signUp();
    const mine = both('onesignal');
    expectStatus(await before.putDevice(mine), 201);
    const { subscriptionId, token } = mine.push;
    // what was the other's second way becomes the first of this one
    expectStatus(await phone.putDevice({ push: { provider: 'fcm', token } }), 201);
    expect(await rowOf(before)).toMatchObject({ push_target: subscriptionId, fallback_target: null });
    // with the first one all is over
    expectStatus(await phone.putDevice({ push: { provider: 'fcm', token, subscriptionId } }), 200);
    expect(await rowOf(before)).toMatchObject({ ...NOTHING, push_end_reason: 'superseded', ended: true });
    expect(await audits('device.push_target_taken', before.session.user.id)).toHaveLength(2);
  });

  it('follows a reinstall: the same hardware has one installation that gets push', async () => {
    const fingerprint = randomUUID();
    expectStatus(await phone.putDevice({ ...both('onesignal'), fingerprint }), 201);
    const other = phone.sibling();
    expectStatus(await other.login(), 200);
    expectStatus(await other.putDevice({ ...both('onesignal'), fingerprint: randomUUID() }), 201);
    const again = phone.sibling();
    expectStatus(await again.login(), 200);
    expectStatus(await again.putDevice({ ...both('onesignal'), fingerprint }), 201);
    expect(await rowOf(phone)).toMatchObject({ ...NOTHING, push_end_reason: 'superseded' });
    expect(await rowOf(other)).toMatchObject({ push_provider: 'onesignal' });
    expect(await rowOf(again)).toMatchObject({ push_provider: 'onesignal', ended: false });
    expect(await audits('device.push_superseded', phone.session.user.id)).toHaveLength(1);
  });

  it('a phone that says to be other hardware is flagged', async () => {
    expectStatus(await phone.putDevice({ fingerprint: 'first' }), 201);
    expectStatus(await phone.putDevice({}), 200);
    expect(await rowOf(phone)).toMatchObject({ flagged: false });
    expectStatus(await phone.putDevice({ fingerprint: 'second' }), 200);
    expect(await rowOf(phone)).toMatchObject({ flagged: true });
    expect(await audits('device.fingerprint_changed', phone.session.user.id)).toHaveLength(1);
    expectStatus(await phone.putDevice({ fingerprint: 'second' }), 200);
    expect(await audits('device.fingerprint_changed', phone.session.user.id)).toHaveLength(1);
  });

  it('has one owner however many claim both of its targets at once', async () => {
    const phones = await Promise.all(range(4).map(() => stack.phone().signUp()));
    const { subscriptionId, token } = both('fcm').push;
    const answers = await Promise.all(
      phones.map((one, index) =>
        one.putDevice({ push: { provider: index % 2 ? 'fcm' : 'onesignal', subscriptionId, token } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const owners = await stack.sql(
      'select from loopin.devices where push_target = any($1) or fallback_target = any($1)',
      [[subscriptionId, token]],
    );
    expect(owners).toHaveLength(1);
  });

  it('by FCM is delivered', async () => {
    const changes = both('fcm');
    expectStatus(await phone.putDevice(changes), 201);
    const operator = await stack.operator();
    const id = await operator.send(Operator.notification(phone.deviceId, { title: 'by FCM' }));
    await operator.waitUntil(id, ({ counts }) => counts.sent === 1);
    expect(await stack.fcm.visible(changes.push.token)).toMatchObject([{ title: 'by FCM', attempts: 1 }]);
  });
});
