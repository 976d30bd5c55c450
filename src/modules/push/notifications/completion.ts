import { sql } from 'kysely';
import type { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { NotificationId } from '../../../shared/ids';
import { PushCompleted, toEvent, writeEvents } from '../../events';

/** A chunk that had nobody left in it says nothing about how the notification fared. */
const EMPTIED = ['empty', 'failed_over'] as const;

/** Whoever numbers its chunks holds it. */
export async function lockNotification(tx: Transaction, id: NotificationId): Promise<void> {
  await sql`select from loopin.push_notifications where id = ${id} for update`.execute(tx.tables());
}

/**
 * A notification is over when its whole audience is known, no chunk is open or pending and nobody is held: as
 * `failed` when somebody was tried and nobody was reached. It is asked after each commit that may have been the last:
 * whatever is over stays so, and the last to commit sees what all others have. No lock is needed, and none is waited
 * for.
 */
export async function completeWhenDone(database: Database, id: NotificationId, now: Date): Promise<void> {
  const { rows } = await sql<{ over: boolean }>`
    select n.audience_resolved_at is not null
       and not exists (
         select from loopin.push_chunks c
         where c.notification_id = n.id and c.state in ('open', 'pending')
       ) as over
    from loopin.push_notifications n
    where n.id = ${id}
      and n.status = 'sending'`.execute(database.tables());
  // a statement of its own: whoever is not the last need not look for held recipients
  if (rows[0]?.over === true) await complete(database, id, now);
}

/** Those that are over since before `before`, and still say otherwise: whoever was to ask has died. */
export async function findOverlooked(
  database: Database,
  limit: number,
  before: Date,
): Promise<NotificationId[]> {
  const { rows } = await sql<{ id: NotificationId }>`
    select n.id
    from loopin.push_notifications n
    where n.status = 'sending'
      and n.audience_resolved_at < ${before}
      and not exists (
        select from loopin.push_chunks c
        where c.notification_id = n.id and c.state in ('open', 'pending')
      )
      and not exists (
        select from loopin.push_deliveries d
        where d.notification_id = n.id and d.chunk is null and d.not_before is not null and d.state = 'pending'
      )
    order by n.audience_resolved_at
    limit ${limit}`.execute(database.tables());
  return rows.map(({ id }) => id);
}

/** Somebody who was held may be in a chunk by now: all of it is asked again, at one moment. */
async function complete(database: Database, id: NotificationId, now: Date): Promise<void> {
  await database.transaction(async (tx) => {
    const { rows } = await sql<{ status: 'completed' | 'failed' }>`
      update loopin.push_notifications n
      set completed_at = ${now},
          status = case
            when exists (select from loopin.push_chunks c where c.notification_id = n.id and c.state = 'sent')
              then 'completed'
            when exists (
              select from loopin.push_chunks c
              where c.notification_id = n.id and c.state = 'failed' and c.reason <> all(${[...EMPTIED]}::text[])
            )
              then 'failed'
            else 'completed'
          end
      where n.id = ${id}
        and n.status = 'sending'
        and not exists (
          select from loopin.push_chunks c
          where c.notification_id = n.id and c.state in ('open', 'pending')
        )
        and not exists (
          select from loopin.push_deliveries d
          where d.notification_id = n.id and d.chunk is null and d.not_before is not null and d.state = 'pending'
        )
      returning n.status`.execute(tx.tables());
    const events = rows.map(({ status }) => toEvent(PushCompleted, { notificationId: id, status }, now));
    await writeEvents(tx, events);
  });
}
