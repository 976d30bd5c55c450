import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { NotificationId } from '../../../shared/ids';
import { reachable } from '../fanout/audience';
import type { StoredAudience } from '../push.schema';
import type { PushTables } from '../push.tables';
import {
  type Delivery,
  type DeliveryState,
  type NewNotification,
  type NotificationStatus,
  NotificationStore,
  type NotificationSummary,
} from './notification.store';
import { readSummary } from './notification-summary';

@Injectable()
export class PgNotificationStore extends NotificationStore {
  constructor(private readonly database: Database) {
    super();
  }

  async countRecipients(audience: StoredAudience, now: Date): Promise<number> {
    const { users = [], devices = [], deviceOwner = null } = audience;
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count
      from loopin.devices d
      where (
          d.user_id = any(${users}::uuid[])
          or d.device_id = any(${devices}::uuid[]) and (${deviceOwner}::uuid is null or d.user_id = ${deviceOwner}::uuid)
        )
        and ${reachable('d', now)}`.execute(this.database.tables());
    return rows[0]?.count ?? 0;
  }

  async add(tx: Transaction, notification: NewNotification, now: Date): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await tx
      .tables<PushTables>()
      .insertInto('loopin.push_notifications')
      .values({
        id: notification.id,
        status: notification.status,
        audience: JSON.stringify(notification.audience),
        content: JSON.stringify(notification.content),
        localizations: JSON.stringify(notification.localizations),
        template_name: notification.template?.name ?? null,
        template_version: notification.template?.version ?? null,
        options: JSON.stringify(notification.options),
        category: notification.category,
        respect_quiet_hours: notification.respectQuietHours,
        dry_run: notification.dryRun,
        recipients: notification.recipients,
        send_at: notification.sendAt,
        expires_at: notification.expiresAt,
        created_by: notification.createdBy,
        created_at: now,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async exists(id: NotificationId): Promise<boolean> {
    const found = await this.database
      .tables<PushTables>()
      .selectFrom('loopin.push_notifications')
      .select('id')
      .where('id', '=', id)
      .executeTakeFirst();
    return found !== undefined;
  }

  summary(id: NotificationId): Promise<NotificationSummary | undefined> {
    return readSummary(this.database.tables<PushTables>(), id);
  }

  async deliveries(
    id: NotificationId,
    page: { readonly limit: number; readonly after: string; readonly state: DeliveryState | undefined },
  ): Promise<Delivery[]> {
    const { limit, after, state } = page;
    const rows = await this.database
      .tables<PushTables>()
      .selectFrom('loopin.push_recipients')
      .select(['target', 'user_id', 'device_id', 'state', 'reason', 'updated_at'])
      .where('notification_id', '=', id)
      .where('target', '>', after)
      .$if(state !== undefined, (query) => query.where('state', '=', state ?? 'pending'))
      .orderBy('target')
      .limit(limit + 1)
      .execute();
    return rows.map(({ target, user_id, device_id, state, reason, updated_at }) => ({
      target,
      userId: user_id,
      deviceId: device_id,
      state,
      reason,
      updatedAt: updated_at,
    }));
  }

  async cancel(id: NotificationId, now: Date): Promise<NotificationStatus | undefined> {
    const tables = this.database.tables<PushTables>();
    const cancelled = await tables
      .updateTable('loopin.push_notifications')
      .set({ status: 'cancelled', completed_at: now })
      .where('id', '=', id)
      // from the first page on it is `sending`
      .where('status', 'in', ['scheduled', 'queued'])
      .returning('status')
      .executeTakeFirst();
    if (cancelled !== undefined) return cancelled.status;
    const found = await tables
      .selectFrom('loopin.push_notifications')
      .select('status')
      .where('id', '=', id)
      .executeTakeFirst();
    return found?.status;
  }

  async queueDue(tx: Transaction, limit: number, now: Date): Promise<NotificationId[]> {
    const { rows } = await sql<{ id: NotificationId }>`
      with due as materialized (
        select id
        from loopin.push_notifications
        where status = 'scheduled'
          and send_at <= ${now}
        order by send_at
        limit ${limit}
        for update skip locked
      )
      update loopin.push_notifications n
      set status = 'queued'
      from due
      where n.id = due.id
      returning n.id`.execute(tx.tables());
    return rows.map(({ id }) => id);
  }
}
