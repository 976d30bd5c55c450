import { sql } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import type { NotificationId } from '../../../shared/ids';

/**
 * A notification is over once its audience is read, its chunks have their results and nobody is held: completed
 * when at least one chunk was sent or none had to be, failed when all that were tried have failed. The caller holds
 * the lock of the notification.
 */
export async function completeWhenDone(tx: Transaction, id: NotificationId, now: Date): Promise<void> {
  await sql`
    update loopin.push_notifications n
    set completed_at = ${now},
        status = case
          when not exists (select from loopin.push_chunks where notification_id = n.id and state = 'failed')
            or exists (select from loopin.push_chunks where notification_id = n.id and state = 'sent')
          then 'completed' else 'failed'
        end
    where n.id = ${id}
      and n.status = 'sending'
      and n.audience_resolved_at is not null
      and not exists (
        select from loopin.push_chunks
        where notification_id = n.id
          and state in ('open', 'pending')
      )
      and not exists (
        select from loopin.push_deliveries
        where notification_id = n.id
          and chunk is null
          and not_before is not null
          and state = 'pending'
      )`.execute(tx.tables());
}
