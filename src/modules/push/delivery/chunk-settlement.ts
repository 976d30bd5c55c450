import { sql } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import type { TargetResult } from '../providers/push-provider';
import type { ChunkRef } from '../push.schema';
import type { PushTables } from '../push.tables';
import type { ChunkResult } from './chunk.store';
import { countPromise } from './slo';

const DUE = sql`coalesce(d.not_before, n.send_at, n.created_at) as due`;

/**
 * The chunk's own result, once. One that sends to its members one by one was sent when somebody got it.
 * @returns its provider; undefined when it has its result already
 */
export async function closeChunk(
  tx: Transaction,
  { notificationId, chunk }: ChunkRef,
  result: ChunkResult,
  ambiguousRetries: number,
): Promise<string | undefined> {
  const reached = sql<boolean>`(${result.state === 'sent'} or exists (
    select from loopin.push_deliveries d
    where d.notification_id = ${notificationId} and d.chunk = ${chunk} and d.state in ('sent', 'delivered')
  ))`;
  const row = await tx
    .tables<PushTables>()
    .updateTable('loopin.push_chunks')
    .set((eb) => ({
      state: sql`case when ${reached} then 'sent' else 'failed' end`,
      reason: sql`case when ${reached} then null else ${result.state === 'sent' ? null : result.reason}::text end`,
      provider_message_id: result.state === 'sent' ? (result.providerMessageId ?? null) : null,
      ambiguous_retries: eb('ambiguous_retries', '+', ambiguousRetries),
    }))
    .where('notification_id', '=', notificationId)
    .where('chunk', '=', chunk)
    .where('state', '=', 'pending')
    .returning('provider')
    .executeTakeFirst();
  return row?.provider;
}

/** The result of a provider call, for each recipient of its chunk that has none. */
export async function settleDeliveries(
  tx: Transaction,
  ref: ChunkRef,
  result: ChunkResult,
  now: Date,
): Promise<void> {
  const sent = result.state === 'sent';
  const invalid = result.invalidTargets;
  await sql`
    with settled as (
      update loopin.push_deliveries d
      set state = case when target = any(${invalid}::text[]) then 'invalid' else ${sent ? 'sent' : result.deliveryState} end,
          reason = case when target = any(${invalid}::text[]) then 'invalid_token' else ${sent ? null : result.reason}::text end,
          updated_at = ${now}
      from loopin.push_notifications n
      where n.id = d.notification_id
        and d.notification_id = ${ref.notificationId}
        and d.chunk = ${ref.chunk}
        and d.state = 'pending'
      returning ${DUE}
    )
    ${countPromise(now)}`.execute(tx.tables());
}

const STATES = { accepted: 'sent', invalid: 'invalid', failed: 'failed', untouched: 'pending' } as const;

/** Results that came one by one. Whoever was certainly not sent to counts as never tried. */
export async function settleTargets(
  tx: Transaction,
  { notificationId }: ChunkRef,
  results: readonly TargetResult[],
  now: Date,
): Promise<void> {
  await sql`
    with results as (
      select *
      from unnest(
        ${results.map(({ target }) => target)}::text[],
        ${results.map(({ result }) => STATES[result])}::text[],
        ${results.map(({ reason }) => reason ?? null)}::text[]
      ) as r(target, state, reason)
    ), updated as (
      update loopin.push_deliveries d
      set state = r.state,
          reason = r.reason,
          tried_at = case when r.state = 'pending' then null else d.tried_at end,
          updated_at = ${now}
      from results r, loopin.push_notifications n
      where n.id = ${notificationId}
        and d.notification_id = ${notificationId}
        and d.target = r.target
        and d.state = 'pending'
      returning d.state, ${DUE}
    ), settled as (
      select due from updated where state <> 'pending'
    )
    ${countPromise(now)}`.execute(tx.tables());
}
