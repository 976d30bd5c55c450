import { type Kysely, sql } from 'kysely';
import type { OutboxDraft } from '../../../platform/sqs/outbox';
import type { NewWebhookEvent } from './webhook-event.store';
import type { WebhookEventTables } from './webhook-event.tables';

export interface Addition {
  readonly event: NewWebhookEvent;
  readonly message: OutboxDraft;
}

/**
 * One statement is one transaction: an event is there exactly when its message is. What was there before is left as it
 * is. Rows are inserted in the same order by everybody, so that two processes with the same events hardly ever wait for
 * each other in a circle.
 * @returns which of them are new
 */
export async function insertTogether(
  db: Kysely<WebhookEventTables>,
  additions: readonly Addition[],
): Promise<(addition: Addition) => boolean> {
  const { rows } = await sql<{ id: string }>`
    with added as (
      ${given(additions)}
    ), event as (
      insert into loopin.webhook_events (id, source, provider_event_id, body_hash, type, body_sealed, state,
                                         received_at, occurred_at, message_id, sweep_at)
      select id, source, provider_event_id, body_hash, type, body_sealed, 'received',
             received_at, occurred_at, id, sweep_at
      from added
      order by source, provider_event_id
      on conflict do nothing
      returning id
    ), message as (
      insert into loopin.outbox (id, queue, body, group_id, created_at, claimable_at)
      select id, queue, message, group_id, received_at, claimable_at
      from event
      join added using (id)
    )
    select id from event`.execute(db);
  const ids = new Set(rows.map(({ id }) => id));
  return ({ event }) => ids.has(event.id);
}

/** Arrays, so that the statement is the same however many rows there are. */
function given(additions: readonly Addition[]) {
  const events = additions.map(({ event }) => event);
  const messages = additions.map(({ message }) => message);
  return sql`
      select *
      from unnest(
        ${events.map(({ id }) => id)}::uuid[],
        ${events.map(({ source }) => source)}::text[],
        ${events.map(({ providerEventId }) => providerEventId)}::text[],
        ${events.map(({ bodyHash }) => bodyHash)}::bytea[],
        ${events.map(({ type }) => type)}::text[],
        ${events.map(({ bodySealed }) => bodySealed)}::bytea[],
        ${events.map(({ receivedAt }) => receivedAt)}::timestamptz[],
        ${events.map(({ occurredAt }) => occurredAt)}::timestamptz[],
        ${events.map(({ sweepAt }) => sweepAt)}::timestamptz[],
        ${messages.map(({ queue }) => queue)}::text[],
        ${messages.map(({ body }) => body)}::text[],
        ${messages.map(({ groupId }) => groupId)}::text[],
        ${messages.map(({ claimableAt }) => claimableAt)}::timestamptz[]
      ) as a(id, source, provider_event_id, body_hash, type, body_sealed, received_at, occurred_at, sweep_at,
             queue, message, group_id, claimable_at)`;
}
