import { sql } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import type { ProviderName } from '../providers/push-provider';
import type { ChunkRef } from '../push.schema';
import type { FailedOver } from './chunk.store';

/**
 * Moves the members of a chunk that certainly got nothing and have a target at the other provider into new chunks
 * there. Their way back is cleared: nobody is moved twice. A phone that is in the notification by that target already
 * stays; so does whoever has a result with the chunk by now. The caller holds the notification's lock, and with it the
 * numbers of its chunks.
 */
export async function moveMembers(
  tx: Transaction,
  { notificationId, chunk }: ChunkRef,
  to: ProviderName,
  chunkSize: number,
  now: Date,
): Promise<FailedOver> {
  if (!(await lockPending(tx, { notificationId, chunk }))) return { chunks: [], moved: 0, left: 0 };
  const { rows } = await sql<{ chunk: number; members: number }>`
    with movable as (
      select d.target, d.fallback_target,
             top.chunk + 1 + ((row_number() over (order by d.target) - 1) / ${chunkSize}::int)::int as new_chunk
      from loopin.push_deliveries d,
           (select max(chunk) as chunk from loopin.push_chunks where notification_id = ${notificationId}) as top
      where d.notification_id = ${notificationId}
        and d.chunk = ${chunk}
        and d.state = 'pending'
        and d.tried_at is null
        and d.fallback_provider = ${to}
        and not exists (
          select from loopin.push_deliveries other
          where other.notification_id = d.notification_id and other.target = d.fallback_target
        )
    ), moved as (
      update loopin.push_deliveries d
      set target = m.fallback_target,
          provider = ${to},
          chunk = m.new_chunk,
          fallback_provider = null,
          fallback_target = null,
          updated_at = ${now}
      from movable m
      where d.notification_id = ${notificationId}
        and d.target = m.target
      returning d.chunk
    )
    insert into loopin.push_chunks
      (notification_id, chunk, provider, idempotency_key, state, variant, members, failed_over_from, created_at)
    select ${notificationId}::uuid, m.chunk, ${to}, gen_random_uuid(), 'pending', old.variant, m.members,
           old.provider, ${now}
    from (select chunk, count(*)::int as members from moved group by chunk) m,
         (select * from loopin.push_chunks where notification_id = ${notificationId} and chunk = ${chunk}) as old
    returning chunk, members`.execute(tx.tables());
  const moved = rows.reduce((sum, row) => sum + row.members, 0);
  const left = await countPending(tx, { notificationId, chunk });
  if (moved > 0) await shrink(tx, { notificationId, chunk }, left);
  return { chunks: rows.map((row) => ({ notificationId, chunk: row.chunk })), moved, left };
}

/** Its members' rows are pending for ever once it is settled: only one that has no result yet may give any away. */
async function lockPending(tx: Transaction, { notificationId, chunk }: ChunkRef): Promise<boolean> {
  const { rows } = await sql`
    select from loopin.push_chunks
    where notification_id = ${notificationId} and chunk = ${chunk} and state = 'pending'
    for update`.execute(tx.tables());
  return rows.length > 0;
}

async function countPending(tx: Transaction, { notificationId, chunk }: ChunkRef): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count
    from loopin.push_deliveries
    where notification_id = ${notificationId} and chunk = ${chunk} and state = 'pending'`.execute(
    tx.tables(),
  );
  return rows[0]?.count ?? 0;
}

/** The old chunk is over when nobody is left in it. */
async function shrink(tx: Transaction, { notificationId, chunk }: ChunkRef, left: number): Promise<void> {
  await sql`
    update loopin.push_chunks c
    set members = ${left},
        reason = case when ${left} = 0 then 'failed_over' else reason end,
        state = case
          when ${left} > 0 then state
          when exists (
            select from loopin.push_deliveries d
            where d.notification_id = c.notification_id and d.chunk = c.chunk and d.state in ('sent', 'delivered')
          ) then 'sent'
          else 'failed'
        end
    where notification_id = ${notificationId} and chunk = ${chunk}`.execute(tx.tables());
}
