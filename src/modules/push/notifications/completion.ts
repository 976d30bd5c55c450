import { sql } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import type { NotificationId } from '../../../shared/ids';

/** A chunk that had nobody left in it says nothing about how the notification fared. */
const EMPTIED = ['empty', 'failed_over'] as const;

/** One at a time for one notification: the last settlement must see that it is the last. */
export async function lockNotification(tx: Transaction, id: NotificationId): Promise<void> {
  await sql`select from loopin.push_notifications where id = ${id} for update`.execute(tx.tables());
}

/**
 * A notification is over when its whole audience is known, no chunk is open or pending and nobody is held: as
 * `failed` when somebody was tried and nobody was reached. The caller holds its lock.
 */
export async function completeWhenDone(tx: Transaction, id: NotificationId, now: Date): Promise<void> {
  const { rows } = await sql<{ over: boolean }>`
    select n.audience_resolved_at is not null
       and not exists (
         select from loopin.push_chunks c
         where c.notification_id = n.id and c.state in ('open', 'pending')
       ) as over
    from loopin.push_notifications n
    where n.id = ${id}
      and n.status = 'sending'`.execute(tx.tables());
  // a statement of its own: whoever is not the last need not look for held recipients
  if (rows[0]?.over !== true) return;
  await sql`
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
      and not exists (
        select from loopin.push_deliveries d
        where d.notification_id = n.id and d.chunk is null and d.state = 'pending'
      )`.execute(tx.tables());
}
