import { Injectable } from '@nestjs/common';
import { type QueryResult, type RawBuilder, sql } from 'kysely';
import { Database } from '../../../../platform/database/database';
import { planAnew } from '../../../../platform/database/plan-anew';
import type { WebhookEndpointId } from '../../../../shared/ids';
import {
  type AttemptResult,
  type ClaimedDelivery,
  type ClaimLimits,
  DeliveryQueue,
  type Destination,
} from './delivery-queue';

@Injectable()
export class PgDeliveryQueue extends DeliveryQueue {
  constructor(private readonly database: Database) {
    super();
  }

  async claim(limits: ClaimLimits, now: Date, leasedUntil: Date): Promise<ClaimedDelivery[]> {
    const { perEndpoint, inAll, underWay } = limits;
    const { rows } = await this.plannedAnew(sql<ClaimedDelivery>`
      with room as (
        select e.id, greatest(0, ${perEndpoint}::int - coalesce(b.count, 0)) as slots
        from loopin.webhook_endpoints e
        left join unnest(${[...underWay.keys()]}::uuid[], ${[...underWay.values()]}::int[]) as b(id, count)
          on b.id = e.id
        where e.state = 'enabled'
      ), candidate as materialized (
        select one.*
        from room
        cross join lateral (
          select d.endpoint_id, d.event_id, d.attempts, d.started_at, d.order_key, d.next_attempt_at
          from loopin.webhook_deliveries d
          where d.endpoint_id = room.id
            and d.state = 'pending'
            and d.next_attempt_at <= ${now}
          order by d.next_attempt_at
          -- some may have to wait for others
          limit room.slots * 2
          for update of d skip locked
        ) one
      ), judged as materialized (
        select c.*, before.next_attempt_at as waits_for, before.started_at is not null as is_under_way,
               row_number() over (
                 partition by c.endpoint_id, before.next_attempt_at is null
                 order by c.next_attempt_at
               ) as place
        from candidate c
        left join lateral (
          select d.next_attempt_at, d.started_at
          from loopin.webhook_deliveries d
          where d.endpoint_id = c.endpoint_id
            and d.order_key = c.order_key
            and d.state = 'pending'
            and d.event_id < c.event_id
          order by d.event_id desc
          limit 1
        ) before on true
      ), postponed as (
        -- out of the way of those that are due, until right after the one that it waits for
        update loopin.webhook_deliveries d
        set next_attempt_at = case when j.is_under_way then ${now} else greatest(j.waits_for, ${now}) end
              + interval '1 second'
        from judged j
        where j.waits_for is not null
          and d.endpoint_id = j.endpoint_id
          and d.event_id = j.event_id
      ), due as materialized (
        select j.endpoint_id, j.event_id, j.attempts, j.started_at
        from judged j
        join room on room.id = j.endpoint_id
        where j.waits_for is null
          and j.place <= room.slots
        order by j.place
        limit ${inAll}
      ), interrupted as (
        insert into loopin.webhook_attempts (endpoint_id, event_id, number, started_at, outcome)
        select endpoint_id, event_id, attempts, started_at, 'interrupted'
        from due
        where started_at is not null
        on conflict do nothing
      )
      update loopin.webhook_deliveries d
      set attempts = d.attempts + 1,
          started_at = ${now},
          next_attempt_at = ${leasedUntil}
      from due
      join loopin.domain_events ev on ev.id = due.event_id
      where d.endpoint_id = due.endpoint_id
        and d.event_id = due.event_id
      returning d.endpoint_id as "endpointId", d.event_id as "eventId", d.attempts as attempt, d.failures,
                ev.body`);
    return rows;
  }

  async destinations(ids: readonly WebhookEndpointId[]): Promise<Destination[]> {
    const { rows } = await sql<Destination>`
      select id, url, secrets_sealed as "secretsSealed", failing_since is not null as failing
      from loopin.webhook_endpoints
      where id = any(${ids}::uuid[])`.execute(this.database.tables());
    return rows;
  }

  async settle(results: readonly AttemptResult[], now: Date): Promise<void> {
    await this.plannedAnew(sql`
      with result as (
        select endpoint_id, event_id, number, to_timestamp(started_ms / 1000) as started_at, outcome, status,
               latency_ms, decode(response, 'base64') as response_sealed, state,
               to_timestamp(next_ms / 1000) as next_at
        from json_to_recordset(${JSON.stringify(results.map(toRecord))}::json) as r(
          endpoint_id uuid, event_id uuid, number int, started_ms double precision, outcome text, status int,
          latency_ms int, response text, state text, next_ms double precision
        )
      ), settled as (
        update loopin.webhook_deliveries d
        set state = r.state,
            failures = d.failures + (r.outcome not in ('delivered', 'interrupted'))::int,
            next_attempt_at = r.next_at,
            started_at = null,
            settled_at = case when r.state = 'pending' then null else ${now}::timestamptz end
        from result r
        where d.endpoint_id = r.endpoint_id
          and d.event_id = r.event_id
          and d.state = 'pending'
          -- claimed anew meanwhile: only a success is more than that attempt will know
          and (d.attempts = r.number or r.state = 'delivered')
      )
      insert into loopin.webhook_attempts
        (endpoint_id, event_id, number, started_at, outcome, status, latency_ms, response_sealed)
      select endpoint_id, event_id, number, started_at, outcome, status, latency_ms, response_sealed
      from result
      -- it was thought to be interrupted
      on conflict (endpoint_id, event_id, number) do update
        set outcome = excluded.outcome,
            status = excluded.status,
            latency_ms = excluded.latency_ms,
            response_sealed = excluded.response_sealed`);
  }

  /** Some hundred rows at a time, of a table that is empty at one moment and full at the next. */
  private plannedAnew<Row>(statement: RawBuilder<Row>): Promise<QueryResult<Row>> {
    return this.database.transaction(async (tx) => {
      await planAnew(tx);
      return statement.execute(tx.tables());
    });
  }
}

/**
 * As one JSON text: an array a column takes the driver ten times as long to write. Times are numbers: a Date takes
 * JSON.stringify longer than all the rest.
 */
const toRecord = ({ delivery, responseSealed, ...result }: AttemptResult) => ({
  endpoint_id: delivery.endpointId,
  event_id: delivery.eventId,
  number: delivery.attempt,
  started_ms: result.startedAt.getTime(),
  outcome: result.outcome,
  status: result.status,
  latency_ms: result.latencyMs,
  response: responseSealed?.toString('base64'),
  state: result.state,
  next_ms: result.nextAttemptAt.getTime(),
});
