import { Logger } from '@nestjs/common';
import { range } from '../support/concurrently';
import { PushBed } from '../support/push-bed';

jest.setTimeout(60_000);

const MINUTE = 60;

describe('the delivery of a chunk', () => {
  let bed: PushBed;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    bed = await PushBed.start();
  });
  beforeEach(async () => {
    await bed.clear();
    bed.newWorker({});
  });
  afterAll(() => bed.stop());

  const reasons = async (id: Parameters<PushBed['rows']>[0]) =>
    Object.fromEntries(
      (await bed.rows(id)).map(({ target, state, reason }) => [target, `${state} ${reason}`]),
    );
  const prefer = (userId: string | undefined, columns: string, values: string) =>
    bed.services.sql(
      `insert into loopin.push_preferences (user_id, ${columns}, updated_at) values ($1, ${values}, now())`,
      [userId],
    );
  /** Quiet from an hour ago until in an hour, by UTC. */
  const quietNow = (userId: string | undefined) => {
    const at = (minutes: number) =>
      new Date(bed.clock.now().getTime() + minutes * 60_000).toISOString().slice(11, 16);
    return prefer(userId, 'quiet_start, quiet_end, timezone', `'${at(-60)}', '${at(60)}', 'UTC'`);
  };

  it.each(['onesignal', 'fcm'] as const)(
    'by %s: who went away or changed their mind meanwhile is taken out before the first call',
    async (way) => {
      const members = await bed.recipients(7, way, false);
      const [deleted, moved, revoked, signedOut, optedOut, quiet, fine] = members.map(({ target }) => target);
      const id = await bed.notification(way, [members]);
      await bed.services.sql('delete from loopin.devices where push_target = $1', [deleted]);
      await bed.services.sql("update loopin.devices set push_target = 'another' where push_target = $1", [
        moved,
      ]);
      await bed.services.sql('update loopin.devices set token_hash = null where push_target = $1', [revoked]);
      await bed.services.sql(
        'update loopin.sessions set revoked_at = now() where user_id = (select user_id from loopin.devices where push_target = $1)',
        [signedOut],
      );
      await prefer(members[4]?.userId, 'opted_out', "'{general}'");
      await quietNow(members[5]?.userId);
      await bed.tryOnce(id);
      expect(await reasons(id)).toEqual({
        [deleted ?? '']: 'suppressed withdrawn',
        [moved ?? '']: 'suppressed withdrawn',
        [revoked ?? '']: 'suppressed withdrawn',
        [signedOut ?? '']: 'suppressed withdrawn',
        [optedOut ?? '']: 'suppressed opted_out',
        [quiet ?? '']: 'pending quiet_hours',
        [fine ?? '']: 'sent null',
      });
      // who is held is still to come
      expect(await bed.status(id)).toBe('sending');
    },
  );

  it('of the security category passes wishes and quiet hours', async () => {
    const members = await bed.recipients(2, 'onesignal', false);
    await prefer(members[0]?.userId, 'opted_out', "'{security}'");
    await quietNow(members[1]?.userId);
    const id = await bed.notification('onesignal', [members], { category: 'security' });
    await bed.deliver(id);
    expect(await bed.states(id)).toEqual({ sent: 2 });
  });

  it('that was tried before waits while one of its members has quiet hours, and keeps them all', async () => {
    const members = await bed.recipients(2, 'onesignal', false);
    const id = await bed.notification('onesignal', [members]);
    bed.newWorker({ timeoutMs: 400 });
    await bed.oneSignal.fault('timeout_before');
    await bed.tryOnce(id);
    await bed.oneSignal.fault('ok');
    await quietNow(members[0]?.userId);
    bed.newWorker({});
    expect(await bed.tryOnce(id)).toEqual(['quiet_hours']);
    await bed.services.sql('delete from loopin.push_preferences');
    await bed.deliver(id);
    expect(await bed.states(id)).toEqual({ sent: 2 });
  });

  it('that outlived its TTL is failed as expired, and never sent', async () => {
    const members = await bed.recipients(2, 'fcm', false);
    const id = await bed.notification('fcm', [members], { ttlSeconds: 60 });
    bed.clock.forward(61);
    await bed.deliver(id);
    bed.clock.forward(-61);
    expect(await bed.states(id)).toEqual({ failed: 2 });
    expect((await bed.fcm.summary()).attempts).toBe(0);
    expect(await bed.status(id)).toBe('failed');
  });

  it('with nobody left in it ends a notification that nobody was to get', async () => {
    const members = await bed.recipients(2, 'onesignal', false);
    const id = await bed.notification('onesignal', [members]);
    await bed.services.sql('delete from loopin.devices');
    await bed.deliver(id);
    expect(await bed.status(id)).toBe('completed');
    expect(await bed.oneSignal.deliveries()).toEqual([]);
  });

  it('a token that FCM forgot gives way to the subscription beside it; other refusals kill no token', async () => {
    const [dead, mismatched] = await bed.recipients(2, 'fcm', true);
    if (dead === undefined || mismatched === undefined) throw new Error('no recipients');
    await bed.fcm.refuse({ UNREGISTERED: [dead.target], SENDER_ID_MISMATCH: [mismatched.target] });
    const id = await bed.notification('fcm', [[dead, mismatched]]);
    await bed.deliver(id);
    expect(await reasons(id)).toEqual({
      [dead.target]: 'invalid unregistered',
      [mismatched.target]: 'failed sender_id_mismatch',
    });
    const devices = await bed.services.sql(
      'select push_provider, push_target, fallback_target from loopin.devices order by push_provider',
    );
    expect(devices).toEqual([
      { push_provider: 'fcm', push_target: mismatched.target, fallback_target: mismatched.fallback },
      { push_provider: 'onesignal', push_target: dead.fallback, fallback_target: null },
    ]);
  });

  it('counts who was served within five minutes, and who was late', async () => {
    const members = await bed.recipients(3, 'fcm', false);
    await bed.deliver(await bed.notification('fcm', [members.slice(0, 2)]));
    const late = await bed.notification('fcm', [members.slice(2)]);
    bed.clock.forward(6 * MINUTE);
    await bed.deliver(late);
    bed.clock.forward(-6 * MINUTE);
    const [row] = await bed.services.sql<{ within: number; late: number }>(
      'select sum(within)::int as within, sum(late)::int as late from loopin.push_slo',
    );
    expect(row).toEqual({ within: 2, late: 1 });
  });

  it('stops before ten times the subscribers within 15 minutes, for all workers together', async () => {
    const members = await bed.recipients(5, 'onesignal', false);
    const workers = [bed.newWorker({ subscriberFloor: 0 }), bed.newWorker({ subscriberFloor: 0 })];
    const ids = await Promise.all(range(12).map(() => bed.notification('onesignal', [members])));
    const waiting = await Promise.all(ids.map((id, index) => bed.tryOnce(id, workers[index % 2])));
    // eight times five subscribers are eight notifications to all of them, however many ask at once
    expect(await bed.oneSignal.deliveries()).toHaveLength(40);
    expect(waiting.flat()).toEqual(range(4).map(() => 'sending_guard'));
    bed.clock.forward(15 * MINUTE);
    for (const id of ids) await bed.deliver(id);
    bed.clock.forward(-15 * MINUTE);
    for (const id of ids) expect(await bed.states(id)).toEqual({ sent: 5 });
  });

  it('goes on after a worker that died in the middle: only what was in doubt is repeated', async () => {
    const members = await bed.recipients(120, 'fcm', false);
    const id = await bed.notification('fcm', [members]);
    const targets = members.map(({ target }) => target);
    // what a worker leaves behind: 50 with a result, 50 in flight, 20 not begun
    const [settled, inFlight] = [targets.slice(0, 50), targets.slice(50, 100)];
    await bed.services.sql(
      "update loopin.push_deliveries set state = 'sent', tried_at = now() where target = any($1)",
      [settled],
    );
    await bed.services.sql('update loopin.push_deliveries set tried_at = now() where target = any($1)', [
      inFlight,
    ]);
    await bed.deliver(id);
    expect(await bed.states(id)).toEqual({ sent: 120 });
    const attempted = (await bed.fcm.attempts()).map(({ token }) => token);
    expect(attempted.sort()).toEqual(targets.slice(50).sort());
    expect(await bed.ambiguousRetries(id)).toBe(50);
  });
});
