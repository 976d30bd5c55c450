import { Logger } from '@nestjs/common';
import { PushBed } from '../support/push-bed';
import type { Recipient, Way } from '../support/push-recipients';

jest.setTimeout(60_000);

const CHUNK = 4;
/** Long enough to outlast the tries of one call, and then some. */
const SEVERAL = 9;

const FAULTS = [
  '429',
  '500',
  'timeout_before',
  'timeout_after',
  'reset',
  'empty_id',
  'partial_invalid',
  'invalid_json',
] as const;
/** Faults under which the provider took what it did not acknowledge. */
const IN_DOUBT: readonly string[] = ['timeout_before', 'timeout_after', 'reset', 'invalid_json', '500'];

/** Each way a provider fails × each provider: nobody is lost, nobody is shown it twice, and it ends when all is well. */
describe.each(['onesignal', 'fcm'] as const)('faults of %s', (way) => {
  let bed: PushBed;
  let members: Recipient[];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    bed = await PushBed.start();
  });
  beforeEach(async () => {
    await bed.clear();
    bed.newWorker({});
    members = await bed.recipients(2 * CHUNK, way, false);
  });
  afterAll(() => bed.stop());

  const chunks = () => [members.slice(0, CHUNK), members.slice(CHUNK)];
  const fault = (mode: string, options = {}) =>
    way === 'onesignal' ? bed.oneSignal.fault(mode, options) : bed.fcm.fault(mode, options);

  it.each(FAULTS)('%s, once', async (mode) => {
    await fault(mode, { times: 1, delayMs: 20, retryAfterSeconds: 1 });
    const id = await bed.notification(way, chunks());
    await bed.deliver(id);
    await assertEverybodyOnce(bed, way, members);
    const states = await bed.states(id);
    expect(states.pending).toBeUndefined();
    expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(members.length);
    expect(await bed.ambiguousRetries(id)).toBe(retriesExpected(mode));
  });

  /** What one doubtful answer costs: a whole call, or one recipient; an answer of FCM without a name is in doubt too. */
  const retriesExpected = (mode: string) =>
    IN_DOUBT.includes(mode) || (way === 'fcm' && mode === 'empty_id') ? 1 : 0;

  it.each(FAULTS.filter((mode) => mode !== 'partial_invalid'))('%s, for longer', async (mode) => {
    const times = way === 'onesignal' ? SEVERAL : 2 * SEVERAL;
    await fault(mode, { times, delayMs: 20, retryAfterSeconds: 1 });
    const id = await bed.notification(way, chunks());
    await bed.deliver(id);
    await assertEverybodyOnce(bed, way, members);
    const states = await bed.states(id);
    // one answer says that nobody is subscribed, and it is an answer
    if (way === 'onesignal' && mode === 'empty_id') expect(states).toEqual({ invalid: members.length });
    else expect(states).toEqual({ sent: members.length });
  });

  it('partial_invalid: only who is named is gone', async () => {
    const [gone] = members;
    const dead = [gone?.target ?? ''];
    if (way === 'onesignal') await bed.oneSignal.subscriptions({ invalid: dead });
    else await bed.fcm.refuse({ UNREGISTERED: dead });
    const id = await bed.notification(way, chunks());
    await bed.deliver(id);
    expect(await bed.states(id)).toEqual({ sent: members.length - 1, invalid: 1 });
    const ended = await bed.services.sql<{ device_id: string; push_end_reason: string }>(
      'select device_id, push_end_reason from loopin.devices where push_target is null',
    );
    expect(ended).toEqual([{ device_id: gone?.deviceId, push_end_reason: 'invalid_token' }]);
  });

  it('an open circuit, and nobody has another way: they wait, and get it once when it is closed', async () => {
    bed.newWorker({ openMs: 60_000 });
    await fault('500');
    const earlier = await bed.notification(way, chunks());
    await bed.tryOnce(earlier);
    await bed.tryOnce(earlier);
    const id = await bed.notification(way, chunks());
    expect(await bed.tryOnce(id)).toEqual(['the circuit is open', 'the circuit is open']);
    expect(await bed.states(id)).toEqual({ pending: members.length });
    await fault('ok');
    bed.newWorker({});
    await bed.deliver(id);
    await bed.deliver(earlier);
    for (const one of [id, earlier]) expect(await bed.states(one)).toEqual({ sent: members.length });
    await assertEverybodyOnce(bed, way, members, 2);
  });

  it('both providers down: they wait, and get it once when both are back', async () => {
    members = await bed.recipients(2 * CHUNK, way, true);
    for (const mode of ['500', 'timeout_before']) {
      await bed.oneSignal.fault(mode, { delayMs: 20 });
      await bed.fcm.fault(mode, { delayMs: 20 });
      const id = await bed.notification(way, chunks());
      for (const _try of [1, 2, 3]) await bed.tryOnce(id);
      expect((await bed.states(id)).pending).toBe(members.length);
      await bed.oneSignal.fault('ok');
      await bed.fcm.fault('ok');
      await bed.deliver(id);
      expect(await bed.states(id)).toEqual({ sent: members.length });
    }
    await assertPeopleOnce(bed, members, 2);
  });
});

/** Nobody is twice on OneSignal's ledger, nobody is shown it twice by FCM, and it is there for who was sent to. */
async function assertEverybodyOnce(bed: PushBed, way: Way, members: readonly Recipient[], times = 1) {
  for (const { target } of members) {
    const shown =
      way === 'onesignal' ? await bed.oneSignal.deliveries(target) : await bed.fcm.visible(target);
    expect(shown.length).toBeLessThanOrEqual(times);
  }
  const sent = await bed.services.sql<{ target: string }>(
    "select target from loopin.push_recipients where state = 'sent'",
  );
  for (const { target } of sent) {
    const shown =
      way === 'onesignal' ? await bed.oneSignal.deliveries(target) : await bed.fcm.visible(target);
    expect(shown).toHaveLength(times);
  }
}

/** By whichever way. */
async function assertPeopleOnce(bed: PushBed, members: readonly Recipient[], times: number) {
  for (const { target, fallback } of members) {
    const ways = [target, fallback ?? ''];
    const shown = await Promise.all(
      ways.flatMap((one) => [bed.oneSignal.deliveries(one), bed.fcm.visible(one)] as const),
    );
    expect(shown.flat()).toHaveLength(times);
  }
}
