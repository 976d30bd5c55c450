import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../../platform/database/database';
import type { Transaction } from '../../../../platform/database/transaction';
import type { DomainEventId, WebhookEndpointId } from '../../../../shared/ids';
import type { DomainEvent } from '../../../events';
import type { DeliveryState } from '../sending/outcome';
import {
  type Attempt,
  type Delivery,
  DeliveryLogStore,
  type EventPosition,
  type RecoveredPage,
} from './delivery-log.store';

const MOST_ATTEMPTS = 10;
/** Before all others: every id is greater. */
const NEWEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

interface Page {
  readonly limit: number;
  readonly after: DomainEventId | undefined;
  readonly state?: DeliveryState | undefined;
}

interface RecoveredRow {
  readonly recovered: number;
  readonly lastAt: Date | null;
  readonly lastId: DomainEventId | null;
}

type AttemptRow = Attempt & { readonly eventId: DomainEventId };

@Injectable()
export class PgDeliveryLogStore extends DeliveryLogStore {
  constructor(private readonly database: Database) {
    super();
  }

  async list(id: WebhookEndpointId, { limit, after, state }: Page): Promise<Delivery[]> {
    const ofState = state === undefined ? sql`` : sql`and d.state = ${state}`;
    const { rows } = await sql<Omit<Delivery, 'attempts'>>`
      select d.event_id as "eventId", ev.type, d.state, ev.occurred_at as "occurredAt",
             d.next_attempt_at as "nextAttemptAt", d.settled_at as "settledAt", d.attempts as "attemptCount"
      from loopin.webhook_deliveries d
      join loopin.domain_events ev on ev.id = d.event_id
      where d.endpoint_id = ${id}
        and d.event_id < ${after ?? NEWEST}::uuid
        ${ofState}
      order by d.event_id desc
      limit ${limit + 1}`.execute(this.database.tables());
    const attempts = await this.attemptsOf(id, rows);
    const byEvent = Map.groupBy(attempts, ({ eventId }) => eventId);
    return rows.map((row) => ({ ...row, attempts: byEvent.get(row.eventId) ?? [] }));
  }

  async resend(tx: Transaction, id: WebhookEndpointId, eventId: DomainEventId, now: Date): Promise<boolean> {
    const { numAffectedRows } = await sql`
      update loopin.webhook_deliveries
      set state = 'pending',
          failures = 0,
          settled_at = null,
          -- one that is under way is not due: it would be sent twice, and counted as interrupted
          next_attempt_at = case when started_at is null then ${now} else next_attempt_at end
      where endpoint_id = ${id}
        and event_id = ${eventId}`.execute(tx.tables());
    return (numAffectedRows ?? 0n) > 0n;
  }

  async addFor(tx: Transaction, id: WebhookEndpointId, event: DomainEvent): Promise<void> {
    await sql`
      with event as (
        insert into loopin.domain_events (id, type, body, occurred_at)
        values (${event.id}, ${event.type}, ${event.body}, ${event.occurredAt})
        on conflict do nothing
        returning id, occurred_at
      )
      insert into loopin.webhook_deliveries (endpoint_id, event_id, state, next_attempt_at, created_at)
      select ${id}, id, 'pending', occurred_at, occurred_at
      from event`.execute(tx.tables());
  }

  async recover(
    tx: Transaction,
    id: WebhookEndpointId,
    after: EventPosition,
    limit: number,
    now: Date,
  ): Promise<RecoveredPage> {
    const { rows } = await sql<RecoveredRow>`
      with page as materialized (
        select ev.id, ev.order_key, ev.occurred_at
        from loopin.domain_events ev
        join loopin.webhook_endpoints e on e.id = ${id} and ev.type = any(e.event_types)
        where (ev.occurred_at, ev.id) > (${after.occurredAt}::timestamptz, ${after.id}::uuid)
        order by ev.occurred_at, ev.id
        limit ${limit}
      ), recovered as (
        insert into loopin.webhook_deliveries as d
          (endpoint_id, event_id, order_key, state, next_attempt_at, created_at)
        select ${id}, id, order_key, 'pending', ${now}, ${now}
        from page
        on conflict (endpoint_id, event_id) do update
          set state = 'pending',
              failures = 0,
              settled_at = null,
              next_attempt_at = excluded.next_attempt_at
          where d.state = 'failed'
            or (d.state = 'pending' and d.started_at is null)
        returning 1
      )
      select (select count(*)::int from recovered) as recovered, last.occurred_at as "lastAt", last.id as "lastId"
      from (select 1) one
      left join lateral (
        select occurred_at, id
        from page
        order by occurred_at desc, id desc
        limit 1
      ) last on true`.execute(tx.tables());
    return toRecoveredPage(rows[0]);
  }

  private async attemptsOf(
    id: WebhookEndpointId,
    deliveries: readonly { readonly eventId: DomainEventId }[],
  ): Promise<AttemptRow[]> {
    const { rows } = await sql<AttemptRow>`
      select a.*
      from unnest(${deliveries.map(({ eventId }) => eventId)}::uuid[]) as d(event_id)
      cross join lateral (
        select event_id as "eventId", number, started_at as "startedAt", outcome, status, latency_ms as "latencyMs",
               response_sealed as "responseSealed"
        from loopin.webhook_attempts
        where endpoint_id = ${id}
          and event_id = d.event_id
        order by number desc
        limit ${MOST_ATTEMPTS}
      ) a`.execute(this.database.tables());
    return rows;
  }
}

function toRecoveredPage(row: RecoveredRow | undefined): RecoveredPage {
  const { recovered = 0, lastAt = null, lastId = null } = row ?? {};
  return {
    recovered,
    last: lastAt === null || lastId === null ? undefined : { occurredAt: lastAt, id: lastId },
  };
}
