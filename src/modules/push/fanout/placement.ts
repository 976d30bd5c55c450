import { type RawBuilder, sql } from 'kysely';
import type { NotificationId } from '../../../shared/ids';

/** What FCM takes in one batch (firebase.google.com/docs/cloud-messaging/send/admin-sdk). */
export const FCM_CHUNK_SIZE = 500;

/** Members of a chunk, by its provider. @param chunkSize of OneSignal */
const sizeOf = (provider: RawBuilder<unknown>, chunkSize: number): RawBuilder<number> =>
  sql<number>`case ${provider} when 'fcm' then ${FCM_CHUNK_SIZE}::int else ${chunkSize}::int end`;

/**
 * A chunk for every row of `candidate` whose verdict is `send`, by provider and variant: the open one as long as it
 * has room, then new ones. It stands after `candidate`, and makes `placed`: the same rows with their `place`. The
 * caller holds the lock of the notification: nobody else numbers its chunks.
 */
export function placement(id: NotificationId, chunkSize: number): RawBuilder<unknown> {
  return sql`
    open as materialized (
      select chunk, provider, variant, members
      from loopin.push_chunks
      where notification_id = ${id}
        and state = 'open'
    ), slotted as materialized (
      select c.*, o.chunk as open_chunk,
             case when c.verdict = 'send' then (
               row_number() over (partition by c.verdict, c.provider, c.variant order by c.user_id, c.target)
               - 1 + coalesce(o.members, 0)
             ) / ${sizeOf(sql`c.provider`, chunkSize)} end as slot
      from candidate c
      left join open o on o.provider = c.provider and o.variant = c.variant
    ), fresh as materialized (
      select provider, variant, slot,
             coalesce((select max(chunk) from loopin.push_chunks where notification_id = ${id}), -1)
               + row_number() over (order by provider, variant, slot) as chunk
      from (
        select distinct provider, variant, slot
        from slotted
        where slot > 0 or slot = 0 and open_chunk is null
      ) needed
    ), placed as materialized (
      select s.*, case when s.slot is not null then coalesce(f.chunk, s.open_chunk)::int end as place
      from slotted s
      left join fresh f on f.provider = s.provider and f.variant = s.variant and f.slot = s.slot
    )`;
}

/** The chunks of what `landed`: made, or filled up; full ones are ready to be sent. It makes `filled`. */
export function filling(id: NotificationId, chunkSize: number, now: Date): RawBuilder<unknown> {
  const full = (members: RawBuilder<unknown>, provider: RawBuilder<unknown>) =>
    sql`case when ${members} >= ${sizeOf(provider, chunkSize)} then 'pending' else 'open' end`;
  return sql`
    filled as (
      insert into loopin.push_chunks as c
        (notification_id, chunk, provider, variant, idempotency_key, state, members, created_at)
      select ${id}::uuid, chunk, provider, variant, gen_random_uuid(), ${full(sql`count(*)`, sql`provider`)},
             count(*), ${now}
      from landed
      where chunk is not null
      group by chunk, provider, variant
      on conflict (notification_id, chunk) do update
      set members = c.members + excluded.members,
          state = ${full(sql`c.members + excluded.members`, sql`c.provider`)}
      returning c.chunk, c.state
    )`;
}
