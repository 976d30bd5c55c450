import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { PushBed } from '../support/push-bed';
import type { Recipient } from '../support/push-recipients';

jest.setTimeout(60_000);

const COUNT = 5;

describe('failover', () => {
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

  const audits = () =>
    bed.services.sql<{ details: Record<string, unknown> }>(
      "select details from loopin.audit_events where action = 'push.failed_over' order by occurred_at",
    );
  const fallbacks = (of: readonly Recipient[]) => of.map(({ fallback }) => fallback).sort();
  const titles = async () => (await bed.fcm.visible()).map(({ token }) => token).sort();
  /** The circuit of OneSignal opens by somebody else's notification, whose own call stays in doubt. */
  const openOneSignal = async () => {
    bed.newWorker({ openMs: 60_000 });
    await bed.oneSignal.fault('500');
    const others = await bed.recipients(2, 'onesignal', false);
    const id = await bed.notification('onesignal', [others.slice(0, 1), others.slice(1)]);
    await bed.tryOnce(id);
    await bed.tryOnce(id);
    return id;
  };

  it('an open circuit: who has another way gets it there under the same collapse id, the others wait', async () => {
    const waiting = await openOneSignal();
    const before = (await audits()).length;
    const able = await bed.recipients(COUNT, 'onesignal', true);
    const others = await bed.recipients(COUNT, 'onesignal', false);
    const id = await bed.notification('onesignal', [[...able, ...others]]);
    expect(await bed.tryOnce(id)).toEqual(['the circuit is open']);
    expect(await bed.states(id)).toEqual({ pending: 2 * COUNT });
    await bed.tryOnce(id);
    expect(await bed.states(id)).toEqual({ sent: COUNT, pending: COUNT });
    expect(await titles()).toEqual(fallbacks(able));
    expect((await bed.fcm.attempts()).every(({ collapseId }) => collapseId === id)).toBe(true);
    const noted = (await audits()).slice(before);
    expect(noted.map(({ details }) => details)).toEqual([
      expect.objectContaining({ from: 'onesignal', to: 'fcm', count: COUNT, reason: 'the circuit is open' }),
    ]);

    await bed.oneSignal.fault('ok');
    bed.newWorker({});
    await bed.deliver(id);
    await bed.deliver(waiting);
    expect(await bed.states(id)).toEqual({ sent: 2 * COUNT });
    for (const { target } of able) expect(await bed.oneSignal.deliveries(target)).toEqual([]);
    for (const { target } of others) expect(await bed.oneSignal.deliveries(target)).toHaveLength(1);
  });

  it('ends by itself: the next notification goes the usual way', async () => {
    const waiting = await openOneSignal();
    await bed.oneSignal.fault('ok');
    bed.newWorker({});
    await bed.deliver(waiting);
    const members = await bed.recipients(COUNT, 'onesignal', true);
    const id = await bed.notification('onesignal', [members]);
    await bed.deliver(id);
    expect(await titles()).toEqual([]);
    expect((await bed.rows(id)).every(({ provider }) => provider === 'onesignal')).toBe(true);
  });

  it('a definite refusal of the whole call moves who can be moved, and fails the others', async () => {
    const able = await bed.recipients(COUNT, 'onesignal', true);
    const [other] = await bed.recipients(1, 'onesignal', false);
    const malformed = `no-subscription-${randomUUID()}`;
    await bed.services.sql('update loopin.devices set push_target = $1 where device_id = $2', [
      malformed,
      other?.deviceId,
    ]);
    const members = [...able, { ...other, target: malformed } as Recipient];
    const id = await bed.notification('onesignal', [members]);
    await bed.deliver(id);
    expect(await bed.states(id)).toEqual({ sent: COUNT, failed: 1 });
    expect(await titles()).toEqual(fallbacks(able));
    expect(await bed.status(id)).toBe('completed');
  });

  it('a credential that is refused moves who can be moved; the others wait for an operator', async () => {
    const able = await bed.recipients(COUNT, 'fcm', true);
    const others = await bed.recipients(1, 'fcm', false);
    await bed.fcm.fault('401');
    const id = await bed.notification('fcm', [[...able, ...others]]);
    await bed.tryOnce(id);
    await bed.tryOnce(id);
    expect(await bed.states(id)).toEqual({ sent: COUNT, pending: 1 });
    await bed.fcm.fault('ok');
    await bed.deliver(id);
    expect(await bed.states(id)).toEqual({ sent: COUNT + 1 });
    for (const { fallback } of able) expect(await bed.oneSignal.deliveries(fallback ?? '')).toHaveLength(1);
  });

  it.each(['onesignal', 'fcm'] as const)(
    'a call of %s that is in doubt is never moved: the same one is repeated',
    async (way) => {
      const members = await bed.recipients(COUNT, way, true);
      const sandbox = way === 'onesignal' ? bed.oneSignal : bed.fcm;
      bed.newWorker({ timeoutMs: 400 });
      await sandbox.fault('timeout_after');
      const id = await bed.notification(way, [members]);
      for (const _try of [1, 2, 3]) await bed.tryOnce(id);
      await sandbox.fault('ok');
      await bed.deliver(id);
      expect(await bed.states(id)).toEqual({ sent: COUNT });
      const other =
        way === 'onesignal' ? (await bed.fcm.summary()).attempts : (await bed.oneSignal.deliveries()).length;
      expect(other).toBe(0);
      for (const { target } of members) {
        const shown =
          way === 'onesignal' ? await bed.oneSignal.deliveries(target) : await bed.fcm.visible(target);
        expect(shown).toHaveLength(1);
      }
      expect(await bed.ambiguousRetries(id)).toBeGreaterThan(0);
    },
  );

  it('nobody is moved back', async () => {
    const waiting = await openOneSignal();
    await bed.fcm.fault('503');
    const members = await bed.recipients(COUNT, 'onesignal', true);
    const id = await bed.notification('onesignal', [members]);
    for (const _try of [1, 2, 3, 4]) await bed.tryOnce(id);
    await bed.oneSignal.fault('ok');
    bed.newWorker({});
    await bed.deliver(waiting);
    await bed.tryOnce(id);
    expect(await bed.states(id)).toEqual({ pending: COUNT });
    await bed.fcm.fault('ok');
    await bed.deliver(id);
    expect(await titles()).toEqual(fallbacks(members));
    for (const { target } of members) expect(await bed.oneSignal.deliveries(target)).toEqual([]);
  });

  it('a phone that is in the notification by its other target already is not sent to twice', async () => {
    const [one] = await bed.recipients(1, 'onesignal', true);
    const [same] = await bed.recipients(1, 'fcm', false);
    if (one === undefined || same === undefined) throw new Error('no recipients');
    const id = await bed.notification('fcm', [[same]]);
    await openOneSignal();
    await bed.services.sql(
      `insert into loopin.push_chunks (notification_id, chunk, provider, idempotency_key, state, members)
       values ($1, 7, 'onesignal', gen_random_uuid(), 'pending', 1)`,
      [id],
    );
    await bed.services.sql(
      `insert into loopin.push_deliveries (notification_id, target, chunk, user_id, device_id, provider, state,
         fallback_provider, fallback_target, updated_at)
       values ($1, $2, 7, $3, $4, 'onesignal', 'pending', 'fcm', $5, now())`,
      [id, one.target, one.userId, one.deviceId, same.target],
    );
    await bed.tryOnce(id);
    await bed.oneSignal.fault('ok');
    bed.newWorker({});
    await bed.deliver(id);
    expect(await bed.fcm.attempts(same.target)).toHaveLength(1);
  });
});
