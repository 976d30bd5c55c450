import { sql } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import type { TargetResult } from '../providers/push-provider';
import type { ChunkRef } from '../push.schema';
import type { ChunkResult } from './chunk.store';
import { countPromise } from './slo';

const DUE = sql`coalesce(d.not_before, n.send_at, n.created_at) as due`;

/**
 * The chunk's own result, once, and with it that of every member who has none. One that sends to its members one by
 * one was sent when somebody got it.
 * @returns its provider; undefined when it has its result already
 */
export async function closeChunk(
  tx: Transaction,
  { notificationId, chunk }: ChunkRef,
  result: ChunkResult,
  ambiguousRetries: number,
  now: Date,
): Promise<string | undefined> {
  const sent = result.state === 'sent';
  const reached = sent
    ? sql<boolean>`true`
    : sql<boolean>`exists (
        select from loopin.push_deliveries d
        where d.notification_id = c.notification_id
          and d.chunk = c.chunk
          and d.state in ('sent', 'delivered')
      )`;
  const reason = sent ? null : result.reason;
  const { rows } = await sql<{ provider: string }>`
    update loopin.push_chunks c
    set state = case when ${reached} then 'sent' else 'failed' end,
        reason = case when ${reached} then null else ${reason}::text end,
        members_state = ${sent ? 'sent' : result.deliveryState},
        members_reason = ${reason}::text,
        settled_at = ${now},
        provider_message_id = ${sent ? (result.providerMessageId ?? null) : null},
        ambiguous_retries = ambiguous_retries + ${ambiguousRetries}
    where notification_id = ${notificationId}
      and chunk = ${chunk}
      and state = 'pending'
    returning provider`.execute(tx.tables());
  return rows[0]?.provider;
}

/** Counts the members of a chunk who have their result through it: their rows stay as they are. */
export async function countSettled(tx: Transaction, ref: ChunkRef, now: Date): Promise<void> {
  await sql`
    with settled as (
      select ${DUE}
      from loopin.push_deliveries d
      join loopin.push_notifications n on n.id = d.notification_id
      where d.notification_id = ${ref.notificationId}
        and d.chunk = ${ref.chunk}
        and d.state = 'pending'
    )
    ${countPromise(now)}`.execute(tx.tables());
}

/** Those whom the provider named deviate from their chunk. */
export async function markInvalid(
  tx: Transaction,
  ref: ChunkRef,
  targets: readonly string[],
  now: Date,
): Promise<void> {
  if (targets.length === 0) return;
  await sql`
    update loopin.push_deliveries
    set state = 'invalid',
        reason = 'invalid_token',
        updated_at = ${now}
    where notification_id = ${ref.notificationId}
      and target = any(${targets}::text[])
      and chunk = ${ref.chunk}
      and state = 'pending'`.execute(tx.tables());
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
        and not exists (
          select from loopin.push_chunks c
          where c.notification_id = d.notification_id
            and c.chunk = d.chunk
            and c.members_state is not null
        )
      returning d.state, ${DUE}
    ), settled as (
      select due from updated where state <> 'pending'
    )
    ${countPromise(now)}`.execute(tx.tables());
}
