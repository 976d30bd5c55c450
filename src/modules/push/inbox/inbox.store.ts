import type { NotificationId, UserId } from '../../../shared/ids';
import type { Content } from '../push.schema';
import type { FeedPosition } from './inbox.schema';

export interface InboxItem extends FeedPosition {
  /** In the words that this user's phone was sent. */
  readonly content: Content;
  readonly category: string;
  readonly readAt: Date | null;
}

/** A user's notifications as a feed; the fan-out puts them in. */
export abstract class InboxStore {
  /** Newest first; up to `limit + 1` rows from `after` on. */
  abstract list(userId: UserId, limit: number, after: FeedPosition | undefined): Promise<InboxItem[]>;
  abstract countUnread(userId: UserId): Promise<number>;
  /** Keeps when it was read first. @returns false when it is not in this user's inbox */
  abstract markRead(userId: UserId, id: NotificationId, now: Date): Promise<boolean>;
  abstract markAllRead(userId: UserId, until: Date, now: Date): Promise<void>;
}
