import { randomUUID } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import { Logger } from '@nestjs/common';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { DeviceRegistered, PushCompleted, UserCreated } from '../../src/modules/events';
import { HOUR, MINUTE } from '../../src/shared/clock';
import { newId, type UserId } from '../../src/shared/ids';
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
      deviceId: newId<'Device'>(),
      platform: 'ios',
    });
    const first = await outbound.emit(UserCreated, { userId: one });
    const second = await outbound.emit(DeviceRegistered, registered(one));
    const beside = await outbound.emit(DeviceRegistered, registered(other));
    const worker = outbound.worker();
    await outbound.deliver(worker);
    expect(new Set(receiver.at(path).map(({ id }) => id))).toEqual(new Set([first, beside]));
    receiver.reply(path, 204);
    for (const seconds of [10, 2]) {
      outbound.clock.forward(seconds);
      await outbound.deliver(worker);
    }
    expect(
      receiver
        .at(path)
        .map(({ id }) => id)
        .slice(-1),
    ).toEqual([second]);
  });

  it('to one whose secrets can’t be opened keep no other waiting, and are sent once they can', async () => {
    const [sealed, healthy] = [newPath(), newPath()];
    const { id } = await outbound.subscribe(receiver.url(sealed), 'push.completed');
    await outbound.subscribe(receiver.url(healthy), 'push.completed');
    // as under a data key that is not there any more
    await services.sql(
      "update loopin.webhook_endpoints set secrets_sealed = '\\x0002' || secrets_sealed where id = $1",
      [id],
    );
    await outbound.emit(PushCompleted, completed());
    await outbound.deliver(outbound.worker());
    expect([receiver.at(sealed).length, receiver.at(healthy).length]).toEqual([0, 1]);
    await services.sql(
      'update loopin.webhook_endpoints set secrets_sealed = substr(secrets_sealed, 3) where id = $1',
      [id],
    );
    outbound.clock.forward(MINUTE + 1);
    await outbound.deliver(outbound.worker());
    expect(receiver.at(sealed)).toHaveLength(1);
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
});
