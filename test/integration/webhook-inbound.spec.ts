import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { z } from 'zod';
import { LostEvents } from '../../src/modules/webhooks/inbound/lost-events';
import type { WebhookContext } from '../../src/modules/webhooks/inbound/webhook-handlers';
import { DatabaseUnavailable } from '../../src/platform/database/database.errors';
import { TryAgainLater } from '../../src/platform/sqs/message-handlers';
import { DAY, HOUR, MINUTE } from '../../src/shared/clock';
import { SafeError } from '../../src/shared/safe-error';
import { concurrently, range } from '../support/concurrently';
import { scaled } from '../support/scale';
import { Services } from '../support/services';
import { WebhookInbound } from '../support/webhook-inbound';

jest.setTimeout(180_000);

const Anything = z.object({ data: z.looseObject({}) });

describe('webhook events', () => {
  let services: Services;
  let inbound: WebhookInbound;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
  });
  beforeEach(async () => {
    await services.sql('truncate loopin.webhook_events, loopin.outbox, loopin.inbox');
    inbound = new WebhookInbound(services);
  });
  afterAll(() => services.stop());

  const eventId = () => `evt_${randomUUID()}`;
  const lost = () => new LostEvents(inbound.store, inbound.outbox, inbound.database, inbound.clock);

  async function rowOf(id: string) {
    const [row] = await services.sql<{ state: string; attempts: number; last_error: string | null }>(
      'select state, attempts, last_error from loopin.webhook_events where id = $1',
      [id],
    );
    return row;
  }

  const unpublished = () =>
    services.sql<{ id: string }>('select id from loopin.outbox where published_at is null order by id');

  it('thousands of them, a third come twice and in any order: each is handled once', async () => {
    const POSTS = scaled(3_000, 10_000);
    const DISTINCT = POSTS * 0.7;
    const TYPE = 'invoice.updated';
    const handled = new Map<string, number>();
    inbound.handlers.on('stripe', TYPE, z.object({ id: z.string() }), async ({ id }) => {
      handled.set(id, (handled.get(id) ?? 0) + 1);
    });
    const events = await Promise.all(range(DISTINCT).map(() => inbound.sign(eventId(), TYPE)));
    const posted = [...events, ...events.slice(0, POSTS - DISTINCT)]
      .map((event) => ({ event, order: Math.random() }))
      .sort((one, other) => one.order - other.order);
    const answers = await concurrently(posted, 50, ({ event }) => inbound.post(event));
    expect(answers.filter(({ duplicate }) => duplicate)).toHaveLength(POSTS - DISTINCT);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(DISTINCT);

    expect(await inbound.publish()).toBe(DISTINCT);
    const deadline = performance.now() + 120_000;
    await inbound.work(4, () => handled.size >= DISTINCT || performance.now() > deadline);
    expect(handled.size).toBe(DISTINCT);
    expect([...handled.values()].filter((times) => times !== 1)).toEqual([]);
    const states = await services.sql(
      'select state, count(*)::int from loopin.webhook_events group by state',
    );
    expect(states).toEqual([{ state: 'processed', count: DISTINCT }]);
  });

  it('that come at once with one that somebody else holds are stored all the same', async () => {
    const held = eventId();
    const holder = new pg.Client({ connectionString: services.env('DATABASE_OWNER_URL') });
    await holder.connect();
    await holder.query('begin');
    await holder.query(
      `insert into loopin.webhook_events (id, source, provider_event_id, type, body_sealed, state, received_at)
       values ($1, 'stripe', $2, 'held', '', 'received', now())`,
      [randomUUID(), held],
    );
    const once = eventId();
    const ids = [eventId(), once, held, once, eventId()];
    const answers = await Promise.allSettled(
      (await Promise.all(ids.map((id) => inbound.sign(id, 'any')))).map((event) => inbound.post(event)),
    );
    await holder.query('rollback');
    await holder.end();
    expect(answers.map(({ status }) => status)).toEqual(
      ids.map((id) => (id === held ? 'rejected' : 'fulfilled')),
    );
    expect(answers[2]).toMatchObject({ reason: expect.any(DatabaseUnavailable) });
    const same = answers.filter((_, index) => ids[index] === once);
    expect(new Set(same.map((one) => one.status === 'fulfilled' && one.value.id)).size).toBe(1);
    const stored = await services.sql('select id from loopin.webhook_events join loopin.outbox using (id)');
    expect(stored).toHaveLength(3);

    const again = await inbound.post(await inbound.sign(held, 'any'));
    expect(again.duplicate).toBe(false);
  });

  it('in reversed order leave what the newest says, when the handler goes by their time', async () => {
    let newest: { at: Date; status: unknown } | undefined;
    const handler = async ({ data }: z.infer<typeof Anything>, { occurredAt }: WebhookContext) => {
      if (occurredAt === undefined || (newest !== undefined && newest.at >= occurredAt)) return;
      newest = { at: occurredAt, status: data.status };
    };
    inbound.handlers.on('stripe', 'subscription.updated', Anything, handler);
    const ids: string[] = [];
    for (const [created, status] of [
      [100, 'trial'],
      [200, 'active'],
      [300, 'cancelled'],
    ] as const) {
      ids.push(await inbound.receive(eventId(), 'subscription.updated', { status }, created));
    }
    for (const id of ids.toReversed()) await inbound.try(id);
    expect(newest).toEqual({ at: new Date(300_000), status: 'cancelled' });
  });

  it('fail after five tries, with the reason, and can still be settled by a dead letter given out again', async () => {
    let broken = true;
    inbound.handlers.on('stripe', 'failing', Anything, async () => {
      if (broken) throw new SafeError('the ledger is closed');
    });
    const id = await inbound.receive(eventId(), 'failing');
    for (const attempt of range(5)) {
      expect(await rowOf(id)).toMatchObject({ state: 'received', attempts: attempt });
      await expect(inbound.try(id)).rejects.toThrow('the ledger is closed');
    }
    expect(await rowOf(id)).toEqual({
      state: 'failed',
      attempts: 5,
      last_error: 'SafeError: the ledger is closed',
    });
    broken = false;
    await inbound.try(id);
    expect(await rowOf(id)).toEqual({ state: 'processed', attempts: 5, last_error: null });
  });

  it('that wait for something else do not fail, however often they are put off', async () => {
    inbound.handlers.on('stripe', 'early', Anything, async () => {
      throw new TryAgainLater('its order is not there yet', 30);
    });
    const id = await inbound.receive(eventId(), 'early');
    for (const _ of range(7)) await expect(inbound.try(id)).rejects.toThrow('not there yet');
    expect(await rowOf(id)).toMatchObject({ state: 'received', attempts: 0 });
  });

  it('are not touched by a message that a replay has replaced', async () => {
    let calls = 0;
    inbound.handlers.on('stripe', 'counted', Anything, async () => {
      calls += 1;
    });
    const id = await inbound.receive(eventId(), 'counted');
    await services.sql('update loopin.webhook_events set message_id = $2 where id = $1', [id, randomUUID()]);
    await inbound.try(id);
    expect(calls).toBe(0);
    expect(await rowOf(id)).toMatchObject({ state: 'received' });
  });

  it('whose message is lost are queued again under its id, later each time, and in the end have failed', async () => {
    const id = await inbound.receive(eventId(), 'lost');
    await services.sql('delete from loopin.outbox');
    await lost().sweep();
    expect(await unpublished()).toEqual([]);
    for (const minutes of [11, 21, 41, 81, 161]) {
      inbound.clock.forward(minutes * MINUTE);
      await lost().sweep();
      expect(await unpublished()).toEqual([{ id }]);
      await services.sql('update loopin.outbox set published_at = now()');
    }
    inbound.clock.forward(DAY);
    await lost().sweep();
    expect(await unpublished()).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ state: 'failed', last_error: 'no try ever came to an end' });
  });

  it('that are handled, or between two tries, are not queued again', async () => {
    inbound.handlers.on('stripe', 'failing', Anything, async () => {
      throw new SafeError('no');
    });
    const handled = await inbound.receive(eventId(), 'ignored');
    await inbound.try(handled);
    const failing = await inbound.receive(eventId(), 'failing');
    await expect(inbound.try(failing)).rejects.toThrow('no');
    await services.sql('delete from loopin.outbox');
    inbound.clock.forward(HOUR - MINUTE);
    await lost().sweep();
    expect(await unpublished()).toEqual([]);
    inbound.clock.forward(2 * MINUTE);
    await lost().sweep();
    expect(await unpublished()).toEqual([{ id: failing }]);
  });

  it('are swept by many workers at once without one being queued twice', async () => {
    await Promise.all(range(200).map(() => inbound.receive(eventId(), 'lost')));
    await services.sql('delete from loopin.outbox');
    inbound.clock.forward(HOUR);
    await Promise.all(range(4).map(() => lost().sweep()));
    expect(await unpublished()).toHaveLength(200);
    const sweeps = await services.sql('select distinct sweeps from loopin.webhook_events');
    expect(sweeps).toEqual([{ sweeps: 1 }]);
  });
});
