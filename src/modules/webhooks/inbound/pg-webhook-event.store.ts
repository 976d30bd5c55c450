import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import { GroupCommit } from '../../../platform/database/group-commit';
import type { Transaction } from '../../../platform/database/transaction';
import type { OutboxDraft } from '../../../platform/sqs/outbox';
import type { WebhookEventId } from '../../../shared/ids';
import { type Addition, insertTogether } from './webhook-event.addition';
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

/** A statement of this size takes some milliseconds; others share its connection. */
const MOST_TOGETHER = 64;
const MOST_BYTES_TOGETHER = 512 * 1024;

@Injectable()
export class PgWebhookEventStore extends WebhookEventStore {
  private readonly additions = new GroupCommit<Addition, boolean>(
    (together) => insertTogether(this.tables(), together),
    {
      mostRows: MOST_TOGETHER,
      mostBytes: MOST_BYTES_TOGETHER,
      bytesOf: ({ event }) => event.bodySealed.length,
    },
  );

  constructor(private readonly database: Database) {
    super();
  }

  async add(event: NewWebhookEvent, message: OutboxDraft): Promise<WebhookEventId | undefined> {
    const isNew = await this.additions.add({ event, message });
    return isNew ? undefined : this.findKnown(event);
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
