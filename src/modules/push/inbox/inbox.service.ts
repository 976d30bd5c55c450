import { Injectable } from '@nestjs/common';
import { Clock } from '../../../shared/clock';
import { NotFound } from '../../../shared/domain-error';
import type { NotificationId, UserId } from '../../../shared/ids';
import { type Page, toPage } from '../../../shared/page';
import { type FeedPosition, positionText } from './inbox.schema';
import { type InboxItem, InboxStore } from './inbox.store';

/** A user's own feed. Items are gone after 90 days. */
@Injectable()
export class InboxService {
  constructor(
    private readonly store: InboxStore,
    private readonly clock: Clock,
  ) {}

  async list(
    userId: UserId,
    { limit, cursor }: { limit: number; cursor?: FeedPosition | undefined },
  ): Promise<Page<InboxItem> & { unreadCount: number }> {
    const [rows, unreadCount] = await Promise.all([
      this.store.list(userId, limit, cursor),
      this.store.countUnread(userId),
    ]);
    return { ...toPage(rows, limit, positionText), unreadCount };
  }

  /** Reading twice changes nothing. @returns how many are unread now @throws NotFound */
  async read(userId: UserId, id: NotificationId): Promise<number> {
    if (!(await this.store.markRead(userId, id, this.clock.now()))) throw new NotFound();
    return this.store.countUnread(userId);
  }

  /** @returns how many are unread now */
  async readAll(userId: UserId, until: Date): Promise<number> {
    await this.store.markAllRead(userId, until, this.clock.now());
    return this.store.countUnread(userId);
  }
}
