import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { NotificationId, UserId } from '../../../shared/ids';
import type { Content } from '../push.schema';
import type { FeedPosition } from './inbox.schema';
import { type InboxItem, InboxStore } from './inbox.store';

interface Row {
  readonly id: NotificationId;
  readonly content: Content;
  readonly category: string;
  readonly created_at: Date;
  readonly read_at: Date | null;
}

@Injectable()
export class PgInboxStore extends InboxStore {
  constructor(private readonly database: Database) {
    super();
  }

  async list(userId: UserId, limit: number, after: FeedPosition | undefined): Promise<InboxItem[]> {
    const older =
      after === undefined
        ? sql``
        : sql`and (created_at, notification_id) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`;
    const { rows } = await sql<Row>`
      select n.id, n.content || coalesce(n.localizations -> i.variant, '{}') as content, n.category,
             i.created_at, i.read_at
      from (
        select notification_id, variant, created_at, read_at
        from loopin.inbox_items
        where user_id = ${userId} ${older}
        order by created_at desc, notification_id desc
        limit ${limit + 1}::int
      ) i
      join loopin.push_notifications n on n.id = i.notification_id
      order by i.created_at desc, i.notification_id desc`.execute(this.database.tables());
    return rows.map(toItem);
  }

  async countUnread(userId: UserId): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count
      from loopin.inbox_items
      where user_id = ${userId} and read_at is null`.execute(this.database.tables());
    return rows[0]?.count ?? 0;
  }

  async markRead(userId: UserId, id: NotificationId, now: Date): Promise<boolean> {
    const { rows } = await sql<{ there: boolean }>`
      with marked as (
        update loopin.inbox_items
        set read_at = ${now}
        where user_id = ${userId} and notification_id = ${id} and read_at is null
      )
      select exists (
        select from loopin.inbox_items
        where user_id = ${userId} and notification_id = ${id}
      ) as there`.execute(this.database.tables());
    return rows[0]?.there === true;
  }

  async markAllRead(userId: UserId, until: Date, now: Date): Promise<void> {
    const update = sql`
      update loopin.inbox_items
      set read_at = ${now}
      where user_id = ${userId} and read_at is null and created_at <= ${until}`;
    // thousands of rows: not on a connection that others wait behind
    await this.database.transaction((tx) => update.execute(tx.tables()));
  }
}

const toItem = (row: Row): InboxItem => ({
  id: row.id,
  content: row.content,
  category: row.category,
  createdAt: row.created_at,
  readAt: row.read_at,
});
