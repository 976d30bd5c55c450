import { randomUUID } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import { Logger } from '@nestjs/common';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { DeviceRegistered, PushCompleted, UserCreated } from '../../src/modules/events';
import { WEBHOOKS_EXPIRY } from '../../src/modules/webhooks/webhooks.expiry';
import { ExpirySweep } from '../../src/platform/database/expiry-sweep';
import { DAY, HOUR, MINUTE } from '../../src/shared/clock';
import { type DeviceId, type DomainEventId, newId, type UserId } from '../../src/shared/ids';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { waitFor } from '../support/wait-for';
import { WebhookOutbound } from '../support/webhook-outbound';
import { WebhookReceiver } from '../support/webhook-receiver';

jest.setTimeout(180_000);

describe('outbound webhooks', () => {
  let services: Services;
  let receiver: WebhookReceiver;
  let outbound: WebhookOutbound;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    receiver = await WebhookReceiver.start();
  });
  beforeEach(async () => {
    await services.sql(
      'truncate loopin.webhook_endpoints, loopin.domain_events, loopin.webhook_attempts cascade',
    );
    outbound = new WebhookOutbound(services);
  });
  afterAll(async () => {
    await receiver.stop();
    await services.stop();
  });

  const newPath = () => `/${randomUUID()}`;
  const userId = () => newId<'User'>();
  const completed = () => ({ notificationId: newId<'Notification'>(), status: 'completed' as const });
  const countOf = async (table: string) =>
    (await services.sql<{ count: number }>(`select count(*)::int as count from loopin.${table}`))[0]?.count;

  it('are written for who subscribes, and for nobody else nothing is', async () => {
    await outbound.emit(UserCreated, { userId: userId() });
    expect(await countOf('domain_events')).toBe(0);
    const [path, other] = [newPath(), newPath()];
    const { id, secret } = await outbound.subscribe(receiver.url(path), 'user.created', 'device.registered');
    await outbound.subscribe(receiver.url(other), 'push.completed');
    const somebody = userId();
    const event = await outbound.emit(UserCreated, { userId: somebody });
    await outbound.deliver(outbound.worker());
    const [webhook] = receiver.at(path);
    expect(webhook?.id).toBe(event);
    expect(JSON.parse(webhook?.body ?? '')).toEqual({
      type: 'user.created',
      timestamp: expect.any(String),
      data: { userId: somebody },
    });
    for (const Library of [StandardWebhook, SvixWebhook])
      new Library(secret).verify(webhook?.body ?? '', webhook?.headers as Record<string, string>);
    expect(receiver.at(other)).toEqual([]);
    expect(await outbound.row(id, event)).toMatchObject({
      state: 'delivered',
      attempts: 1,
      log: ['delivered 204'],
    });
  });

  it('are tried 8 times over a day, then they have failed', async () => {
    const path = newPath();
    receiver.reply(path, 500);
    const { id } = await outbound.subscribe(receiver.url(path), 'push.completed');
    const event = await outbound.emit(PushCompleted, completed());
    const worker = outbound.worker();
    const waits: number[] = [];
    for (
      let row = await outbound.row(id, event);
      row?.state === 'pending';
      row = await outbound.row(id, event)
    ) {
      await outbound.deliver(worker);
      const next = await outbound.row(id, event);
      const seconds = ((next?.next_attempt_at.getTime() ?? 0) - outbound.clock.now().getTime()) / 1_000;
      waits.push(seconds);
      outbound.clock.forward(Math.max(0, seconds) + 1);
    }
    expect(await outbound.row(id, event)).toMatchObject({ state: 'failed', attempts: 8, failures: 8 });
    expect(receiver.at(path).map((webhook) => webhook.id)).toEqual(range(8).map(() => event));
    [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR].forEach((usual, index) => {
      expect(waits[index]).toBeGreaterThan(usual * 0.8 - 3);
      expect(waits[index]).toBeLessThan(usual * 1.2 + 3);
    });
  });

  it('wait as Retry-After says; redirects are not followed; what is said is kept, 1 KiB of it', async () => {
    const [busy, moved, target] = [newPath(), newPath(), newPath()];
    receiver.reply(busy, (response) => {
      response.writeHead(429, { 'retry-after': '3600' }).end('x'.repeat(5_000));
    });
    receiver.reply(moved, (response) => {
      response.writeHead(302, { location: receiver.url(target) }).end();
    });
    const first = await outbound.subscribe(receiver.url(busy), 'push.completed');
    const second = await outbound.subscribe(receiver.url(moved), 'push.completed');
    const event = await outbound.emit(PushCompleted, completed());
    await outbound.deliver(outbound.worker());
    const row = await outbound.row(first.id, event);
    expect((row?.next_attempt_at.getTime() ?? 0) - outbound.clock.now().getTime()).toBeGreaterThan(3_500_000);
    expect(await outbound.row(second.id, event)).toMatchObject({ state: 'failed', log: ['redirected 302'] });
    expect(receiver.at(target)).toEqual([]);
    const [sealed] = await services.sql<{ size: number }>(
      'select octet_length(response_sealed) as size from loopin.webhook_attempts where status = 429',
    );
    expect(sealed?.size).toBe(1_024 + 30);
  });

  it('to a name that leads elsewhere the second time are refused there, and not tried again', async () => {
    let looks = 0;
    const rebinding: LookupFunction = (_hostname, options, callback) => {
      looks += 1;
      const address = looks === 1 ? '127.0.0.1' : '127.0.0.2';
      if (options.all) callback(null, [{ address, family: 4 }]);
      else callback(null, address, 4);
    };
    const path = newPath();
    receiver.reply(path, (response) => response.writeHead(503, { connection: 'close' }).end());
    const { id } = await outbound.subscribe(
      `http://rebinding.example:${receiver.port}${path}`,
      'push.completed',
    );
    const event = await outbound.emit(PushCompleted, completed());
    const worker = outbound.worker(rebinding);
    await outbound.deliver(worker);
    outbound.clock.forward(10);
    await outbound.deliver(worker);
    expect(await outbound.row(id, event)).toMatchObject({
      state: 'failed',
      log: ['rejected 503', 'address_refused'],
    });
    expect(looks).toBe(2);
    expect(receiver.at(path)).toHaveLength(1);
  });

  it('of one user come in order: later ones wait for the one before, those of others do not', async () => {
    const path = newPath();
    receiver.reply(path, 503);
    await outbound.subscribe(receiver.url(path), 'user.created', 'device.registered');
    const [one, other] = [userId(), userId()];
    const registered = (user: UserId) => ({
      userId: user,
      deviceId: newId<'Device'>() as DeviceId,
      platform: 'ios',
    });
    const first = await outbound.emit(UserCreated, { userId: one });
    const second = await outbound.emit(DeviceRegistered, registered(one));
    const beside = await outbound.emit(DeviceRegistered, registered(other));
    const worker = outbound.worker();
    await outbound.deliver(worker);
    expect(new Set(receiver.at(path).map(({ id }) => id))).toEqual(new Set([first, beside]));
    receiver.reply(path, 204);
    outbound.clock.forward(10);
    await outbound.deliver(worker);
    await outbound.deliver(worker);
    expect(
      receiver
        .at(path)
        .map(({ id }) => id)
        .slice(-1),
    ).toEqual([second]);
  });

  it('to one that hangs keep at most 32 under way, and no other waits', async () => {
    const [hanging, healthy] = [newPath(), newPath()];
    receiver.reply(hanging, () => undefined);
    const { id } = await outbound.subscribe(receiver.url(hanging), 'push.completed');
    await outbound.subscribe(receiver.url(healthy), 'push.completed');
    for (const _ of range(100)) await outbound.emit(PushCompleted, completed());
    const worker = outbound.worker();
    await waitFor(
      'the healthy one to have all',
      async () => {
        await worker.turn();
        return receiver.at(healthy).length === 100;
      },
      20_000,
    );
    expect(receiver.at(hanging)).toHaveLength(32);
    await worker.stop();
    // given up by us: due at once, and no try is spent
    const [counts] = await services.sql<{ interrupted: number; failures: number }>(
      `select (select count(*)::int from loopin.webhook_attempts where outcome = 'interrupted') as interrupted,
              (select sum(failures)::int from loopin.webhook_deliveries where endpoint_id = $1) as failures`,
      [id],
    );
    expect(counts).toEqual({ interrupted: 32, failures: 0 });
  });

  it('of a worker that was killed go on, and the log says so', async () => {
    const path = newPath();
    const { id } = await outbound.subscribe(receiver.url(path), 'push.completed');
    const event = await outbound.emit(PushCompleted, completed());
    const now = outbound.clock.now();
    const limits = { perEndpoint: 32, inAll: 256, underWay: new Map() };
    const [claimed] = await outbound.queue.claim(limits, now, new Date(now.getTime() + 60_000));
    await outbound.deliver(outbound.worker());
    expect(receiver.at(path)).toEqual([]);
    outbound.clock.forward(61);
    await outbound.deliver(outbound.worker());
    expect(await outbound.row(id, event)).toMatchObject({
      state: 'delivered',
      attempts: 2,
      log: ['interrupted', 'delivered 204'],
    });
    // it was not killed after all, and brings its result late
    if (claimed === undefined) throw new Error('nothing was claimed');
    const late = {
      outcome: 'rejected',
      state: 'pending',
      status: 500,
      latencyMs: 1,
      responseSealed: undefined,
    } as const;
    await outbound.queue.settle([{ ...late, delivery: claimed, startedAt: now, nextAttemptAt: now }], now);
    expect(await outbound.row(id, event)).toMatchObject({
      state: 'delivered',
      log: ['rejected 500', 'delivered 204'],
    });
  });

  it('stop for an endpoint that says 410', async () => {
    const path = newPath();
    receiver.reply(path, 410);
    const { id } = await outbound.subscribe(receiver.url(path), 'push.completed');
    const event = await outbound.emit(PushCompleted, completed());
    await outbound.deliver(outbound.worker());
    expect(await outbound.row(id, event)).toMatchObject({ state: 'failed', log: ['gone 410'] });
    expect(await outbound.endpoints.get(id)).toMatchObject({ state: 'disabled', disabledReason: 'gone' });
  });

  it('stop after five days of failure, with a mail after half of that and another at the end', async () => {
    await services.sql(
      `insert into loopin.users (id, email, roles, created_at) values ($1, $2, '{admin}', now())`,
      [userId(), `${randomUUID()}@example.com`],
    );
    const path = newPath();
    receiver.reply(path, 500);
    const { id } = await outbound.subscribe(receiver.url(path), 'push.completed');
    const worker = outbound.worker();
    const fail = async () => {
      await outbound.emit(PushCompleted, completed());
      await outbound.deliver(worker);
      const mails = await services.sql<{ template: string }>('select template from loopin.mails order by id');
      return [(await outbound.endpoints.get(id)).state, ...mails.map(({ template }) => template)];
    };
    expect(await fail()).toEqual(['enabled']);
    outbound.clock.forward(2.4 * DAY);
    expect(await fail()).toEqual(['enabled']);
    outbound.clock.forward(0.2 * DAY);
    expect(await fail()).toEqual(['enabled', 'endpoint-failing']);
    outbound.clock.forward(2.3 * DAY);
    expect(await fail()).toEqual(['enabled', 'endpoint-failing']);
    outbound.clock.forward(0.2 * DAY);
    expect(await fail()).toEqual(['disabled', 'endpoint-failing', 'endpoint-disabled']);
    const missed = await outbound.emit(PushCompleted, completed());
    expect(await outbound.row(id, missed)).toBeUndefined();

    receiver.reply(path, 204);
    await outbound.endpoints.change('operator', id, { state: 'enabled' }, () => undefined);
    const since = new Date(outbound.clock.now().getTime() - 6 * DAY * 1_000);
    const { count, nextSince } = await outbound.deliveries.recover('operator', id, since);
    expect(nextSince).toBeUndefined();
    await outbound.deliver(worker);
    expect(await outbound.row(id, missed)).toMatchObject({ state: 'delivered' });
    const [left] = await services.sql<{ count: number }>(
      "select count(*)::int as count from loopin.webhook_deliveries where state <> 'delivered'",
    );
    expect([left?.count, count]).toEqual([0, expect.any(Number)]);
    const audited = await services.sql<{ action: string }>(
      'select action from loopin.audit_events where target = $1 order by id',
      [`webhook_endpoint:${id}`],
    );
    expect(audited.map(({ action }) => action)).toEqual(
      ['created', 'failing', 'disabled', 'changed', 'recovered'].map((verb) => `webhook_endpoint.${verb}`),
    );
  });

  it('do not count an endpoint as failing that takes some', async () => {
    const path = newPath();
    receiver.reply(path, 500);
    const { id } = await outbound.subscribe(receiver.url(path), 'push.completed');
    const worker = outbound.worker();
    await outbound.emit(PushCompleted, completed());
    await outbound.deliver(worker);
    receiver.reply(path, 204);
    outbound.clock.forward(2 * DAY);
    await outbound.emit(PushCompleted, completed());
    await outbound.deliver(worker);
    receiver.reply(path, 500);
    outbound.clock.forward(4 * DAY);
    await outbound.emit(PushCompleted, completed());
    await outbound.deliver(worker);
    expect(await outbound.endpoints.get(id)).toMatchObject({ state: 'enabled' });
  });

  it('are signed with the old secret too for a day after a rotation', async () => {
    const path = newPath();
    const { id, secret: old } = await outbound.subscribe(receiver.url(path), 'push.completed');
    const { secret } = await outbound.endpoints.rotate('operator', id, randomUUID());
    const worker = outbound.worker();
    await outbound.emit(PushCompleted, completed());
    await outbound.deliver(worker);
    outbound.clock.forward(DAY);
    await outbound.emit(PushCompleted, completed());
    await outbound.deliver(worker);
    const [during, after] = receiver.at(path);
    const verify = (key: string, webhook = during) =>
      new StandardWebhook(key).verify(webhook?.body ?? '', webhook?.headers as Record<string, string>);
    for (const key of [old, secret]) expect(() => verify(key)).not.toThrow();
    expect(String(during?.headers['webhook-signature']).split(' ')).toHaveLength(2);
    expect(String(after?.headers['webhook-signature']).split(' ')).toHaveLength(1);
  });

  it('forget attempts after 30 days', async () => {
    const path = newPath();
    const { id } = await outbound.subscribe(receiver.url(path), 'push.completed');
    await outbound.emit(PushCompleted, completed());
    await outbound.deliver(outbound.worker());
    const sweep = () => new ExpirySweep(outbound.database, outbound.clock, WEBHOOKS_EXPIRY).sweep();
    outbound.clock.forward(30 * DAY - 60);
    await sweep();
    expect(await countOf('webhook_attempts')).toBe(1);
    outbound.clock.forward(120);
    await sweep();
    expect(await countOf('webhook_attempts')).toBe(0);
    expect((await outbound.deliveries.list(id, { limit: 20 })).data).toMatchObject([{ attempts: [] }]);
  });

  it('may be sent again one by one', async () => {
    const path = newPath();
    const { id } = await outbound.subscribe(receiver.url(path), 'push.completed');
    const event = (await outbound.emit(PushCompleted, completed())) as DomainEventId;
    const worker = outbound.worker();
    await outbound.deliver(worker);
    await outbound.deliveries.resend('operator', id, event);
    await outbound.deliver(worker);
    expect(receiver.at(path).map((webhook) => webhook.id)).toEqual([event, event]);
    expect(await outbound.row(id, event)).toMatchObject({ state: 'delivered', attempts: 2 });
  });
});
