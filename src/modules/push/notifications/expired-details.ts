import { sql } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import type { NotificationId } from '../../../shared/ids';

/**
 * Deletes up to `limit` recipients of the oldest notification that was made before `before`, keeping count of them by
 * state, and its chunks with the last of them. Only what is in the archive by then, by whole months. Nobody is pending by then: the latest push leaves after 30 days, and is
 * worth nothing after 28 more.
 * @returns whether there may be more
 */
export async function expireDetails(
  tx: Transaction,
  before: Date,
  limit: number,
  now: Date,
): Promise<boolean> {
  const { rows } = await sql<{ id: NotificationId }>`
    select n.id
    from loopin.push_notifications n
    where n.details_expired_at is null
      and n.created_at < ${before}
      and exists (
        select from loopin.archives a
        where a.data_class = 'push_deliveries'
          and a.month = to_char(n.created_at at time zone 'UTC', 'YYYY-MM')
      )
    order by n.created_at
    limit 1
    for update of n skip locked`.execute(tx.tables());
  const [oldest] = rows;
  if (oldest === undefined) return false;
  if ((await deleteRecipients(tx, oldest.id, limit)) < limit) await close(tx, oldest.id, now);
  return true;
}

/** A row says what became of its recipient only together with its chunk: these go last. */
async function deleteRecipients(tx: Transaction, id: NotificationId, limit: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with gone as (
      delete from loopin.push_deliveries
      where ctid = any(array(
        select ctid
        from loopin.push_deliveries
        where notification_id = ${id}
        limit ${limit}
      ))
      returning chunk, state
    ), counted as (
      select case when g.state = 'pending' then coalesce(c.members_state, g.state) else g.state end as state,
             count(*) as count
      from gone g
      left join loopin.push_chunks c on c.notification_id = ${id} and c.chunk = g.chunk
      group by 1
    ), kept as (
      update loopin.push_notifications n
      set kept_counts = n.kept_counts || (
        select coalesce(jsonb_object_agg(state, count + coalesce((n.kept_counts ->> state)::bigint, 0)), '{}')
        from counted
      )
      where id = ${id}
    )
    select count(*)::int as count
    from gone`.execute(tx.tables());
  return rows[0]?.count ?? 0;
}

async function close(tx: Transaction, id: NotificationId, now: Date): Promise<void> {
  await sql`delete from loopin.push_chunks where notification_id = ${id}`.execute(tx.tables());
  await sql`
    update loopin.push_notifications
    set details_expired_at = ${now}
    where id = ${id}`.execute(tx.tables());
}
