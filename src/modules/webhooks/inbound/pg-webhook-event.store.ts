import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import { statement } from '../../../platform/database/statement';
import type { Transaction } from '../../../platform/database/transaction';
import type { OutboxDraft } from '../../../platform/sqs/outbox';
import type { WebhookEventId } from '../../../shared/ids';
import {
  type EventMessage,
  type FailedTry,
  type NewWebhookEvent,
  type WebhookEvent,
  WebhookEventStore,
} from './webhook-event.store';
import { SWEEP_AFTER_SECONDS, type WebhookEventTables } from './webhook-event.tables';

type Tables = Kysely<WebhookEventTables>;

/** A dead letter that is given out again finds its event failed. */
const UNSETTLED = ['received', 'failed'] as const;

/** One statement is one transaction: the event is there exactly when its message is. */
const ADD = statement(
  (
    db: Tables,
    id: WebhookEventId,
    source: string,
    providerEventId: string,
    bodyHash: Buffer | null,
    type: string,
    bodySealed: Buffer,
    receivedAt: Date,
    occurredAt: Date | null,
    sweepAt: Date,
    queue: string,
    message: string,
    groupId: string | null,
    claimableAt: Date,
  ) =>
    db
      .with('event', (cte) =>
        cte
          .insertInto('loopin.webhook_events')
          .values({
            id,
            source,
            provider_event_id: providerEventId,
            body_hash: bodyHash,
            type,
            body_sealed: bodySealed,
            state: 'received',
            received_at: receivedAt,
            occurred_at: occurredAt,
            message_id: id,
            sweep_at: sweepAt,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id'),
      )
      .with('message', (cte) =>
        cte
          .insertInto('loopin.outbox')
          .columns(['id', 'queue', 'body', 'group_id', 'created_at', 'claimable_at'])
          .expression((eb) =>
            eb
              .selectFrom('event')
              .select([
                'event.id',
                sql<string>`${queue}::text`.as('queue'),
                sql<string>`${message}::text`.as('body'),
                sql<string | null>`${groupId}::text`.as('group_id'),
                sql<Date>`${receivedAt}::timestamptz`.as('created_at'),
                sql<Date>`${claimableAt}::timestamptz`.as('claimable_at'),
              ]),
          ),
      )
      .selectFrom('event')
      .select('event.id'),
);

@Injectable()
export class PgWebhookEventStore extends WebhookEventStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(event: NewWebhookEvent, message: OutboxDraft): Promise<WebhookEventId | undefined> {
    const [added] = await ADD(
      this.tables(),
      event.id,
      event.source,
      event.providerEventId,
      event.bodyHash ?? null,
      event.type,
      event.bodySealed,
      event.receivedAt,
      event.occurredAt ?? null,
      event.sweepAt,
      message.queue,
      message.body,
      message.groupId ?? null,
      message.claimableAt,
    );
    return added === undefined ? this.findKnown(event) : undefined;
  }

  async findUnsettled({ eventId, messageId }: EventMessage): Promise<WebhookEvent | undefined> {
    const row = await this.tables()
      .selectFrom('loopin.webhook_events')
      .select(['id', 'source', 'type', 'body_sealed', 'received_at', 'occurred_at'])
      .where('id', '=', eventId)
      .where('state', 'in', UNSETTLED)
      // rows of the release before have none
      .where((eb) => eb.or([eb('message_id', 'is', null), eb('message_id', '=', messageId)]))
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return {
      id: row.id,
      source: row.source,
      type: row.type,
      bodySealed: row.body_sealed,
      receivedAt: row.received_at,
      occurredAt: row.occurred_at ?? undefined,
    };
  }

  async settle(message: EventMessage, state: 'processed' | 'ignored', now: Date): Promise<void> {
    await this.unsettled(message)
      .set({ state, processed_at: now, sweep_at: null, last_error: null })
      .execute();
  }

  async noteFailure(message: EventMessage, failure: FailedTry, mostAttempts: number): Promise<void> {
    await this.unsettled(message)
      .set((eb) => ({
        attempts: eb('attempts', '+', 1),
        last_error: failure.reason,
        sweep_at: failure.sweepAt,
        state: eb
          .case()
          .when('attempts', '>=', mostAttempts - 1)
          .then('failed' as const)
          .else(eb.ref('state'))
          .end(),
      }))
      .execute();
  }

  async notePostponement(message: EventMessage, failure: FailedTry): Promise<void> {
    await this.unsettled(message).set({ last_error: failure.reason, sweep_at: failure.sweepAt }).execute();
  }

  async takeLost(tx: Transaction, now: Date, limit: number, mostSweeps: number): Promise<EventMessage[]> {
    const { rows } = await sql<{ id: WebhookEventId; message_id: string; state: string }>`
      with lost as materialized (
        select id
        from loopin.webhook_events
        where state = 'received' and sweep_at <= ${now}
        order by sweep_at
        limit ${limit}
        for update skip locked
      )
      update loopin.webhook_events as e
      set message_id = coalesce(e.message_id, e.id),
          sweeps = e.sweeps + 1,
          sweep_at = ${now}::timestamptz + make_interval(secs => ${SWEEP_AFTER_SECONDS} * 2 ^ (e.sweeps + 1)),
          state = case when e.sweeps >= ${mostSweeps} then 'failed' else e.state end,
          last_error = case when e.sweeps >= ${mostSweeps} then 'no try ever came to an end' else e.last_error end
      from lost
      where e.id = lost.id
      returning e.id, e.message_id, e.state`.execute(tx.tables());
    return rows
      .filter(({ state }) => state === 'received')
      .map(({ id, message_id }) => ({ eventId: id, messageId: message_id }));
  }

  private async findKnown(event: NewWebhookEvent): Promise<WebhookEventId> {
    const { id } = await this.tables()
      .selectFrom('loopin.webhook_events')
      .select('id')
      .where('source', '=', event.source)
      .where((eb) =>
        eb.or([
          eb('provider_event_id', '=', event.providerEventId),
          eb('body_hash', '=', event.bodyHash ?? null),
        ]),
      )
      .executeTakeFirstOrThrow();
    return id;
  }

  private unsettled({ eventId, messageId }: EventMessage) {
    return this.tables()
      .updateTable('loopin.webhook_events')
      .where('id', '=', eventId)
      .where('state', 'in', UNSETTLED)
      .where((eb) => eb.or([eb('message_id', 'is', null), eb('message_id', '=', messageId)]));
  }

  private tables(): Tables {
    return this.database.tables<WebhookEventTables>();
  }
}
