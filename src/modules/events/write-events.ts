import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '../../platform/database/transaction';
import type { DomainEvent, EventType } from './event-type';

/**
 * Stores events, and a delivery for each endpoint that subscribes, in the transaction of what happened: one statement,
 * which writes nothing where nobody subscribes. A disabled endpoint's events are kept for the day that it recovers.
 */
export async function writeEvents(tx: Transaction, events: readonly DomainEvent[]): Promise<void> {
  if (events.length === 0) return;
  await sql`
    with happened as (
      select *
      from unnest(
        ${events.map(({ id }) => id)}::uuid[],
        ${events.map(({ type }) => type)}::text[],
        ${events.map(({ body }) => body)}::text[],
        ${events.map(({ orderKey }) => orderKey ?? null)}::text[],
        ${events.map(({ occurredAt }) => occurredAt)}::timestamptz[]
      ) as h(id, type, body, order_key, occurred_at)
    ), subscribed as (
      select e.id as endpoint_id, e.state, h.id as event_id, h.order_key, h.occurred_at
      from loopin.webhook_endpoints e
      join happened h on h.type = any(e.event_types)
      -- one that is being deleted is waited for: its foreign key would fail what happened
      for key share of e
    ), kept as (
      insert into loopin.domain_events (id, type, body, order_key, occurred_at)
      select id, type, body, order_key, occurred_at
      from happened
      where id in (select event_id from subscribed)
    )
    insert into loopin.webhook_deliveries (endpoint_id, event_id, order_key, state, next_attempt_at, created_at)
    select endpoint_id, event_id, order_key, 'pending', occurred_at, occurred_at
    from subscribed
    where state = 'enabled'`.execute(tx.tables());
}

/**
 * For what happens too often for an event each: a data-modifying part (`with … as (…)`) of the statement that makes it
 * happen, at no round trip. The worker makes one event of many.
 * @param rows selects `group_key`, `item` and `occurred_at`
 */
export const gather = <Payload>(
  { type }: EventType<Payload>,
  rows: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`
  insert into loopin.gathered_events (type, group_key, item, occurred_at)
  select ${type}, g.group_key, g.item, g.occurred_at
  from (${rows}) as g
  where exists (select from loopin.webhook_endpoints e where ${type} = any(e.event_types))`;
