import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { PushCompleted } from '../../src/modules/events';
import { EndpointLimitReached } from '../../src/modules/webhooks/outbound/outbound.errors';
import { WEBHOOKS_EXPIRY } from '../../src/modules/webhooks/webhooks.expiry';
import { ExpirySweep } from '../../src/platform/database/expiry-sweep';
import { DAY } from '../../src/shared/clock';
import { type DomainEventId, newId } from '../../src/shared/ids';
import { Services } from '../support/services';
import { WebhookOutbound } from '../support/webhook-outbound';
import { WebhookReceiver } from '../support/webhook-receiver';

jest.setTimeout(180_000);

describe('endpoints of outbound webhooks', () => {
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
  const completed = () => ({ notificationId: newId<'Notification'>(), status: 'completed' as const });
  const countOf = async (table: string) =>
    (await services.sql<{ count: number }>(`select count(*)::int as count from loopin.${table}`))[0]?.count;

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
      [randomUUID(), `${randomUUID()}@example.com`],
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

  it('are at most 200', async () => {
    await services.sql(
      `insert into loopin.webhook_endpoints (id, url, event_types, state, secrets_sealed, created_at, updated_at)
       select gen_random_uuid(), 'https://example.com', '{push.completed}', 'disabled', '', now(), now()
       from generate_series(1, 200)`,
    );
    await expect(outbound.subscribe('https://example.com', 'push.completed')).rejects.toThrow(
      EndpointLimitReached,
    );
  });
});
