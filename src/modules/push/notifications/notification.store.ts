import type { Transaction } from '../../../platform/database/transaction';
import type { NotificationId } from '../../../shared/ids';
import type { Audience, ChunkRef, Content, Options } from '../push.schema';

export type NotificationStatus = 'queued' | 'sending' | 'completed' | 'failed';

export interface NewNotification {
  readonly id: NotificationId;
  readonly audience: Audience;
  readonly content: Content;
  readonly options: Options;
  readonly recipients: number;
  readonly createdBy: string;
}

export interface NotificationSummary {
  readonly id: NotificationId;
  readonly status: NotificationStatus;
  readonly provider: string | null;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
  /** Recipients by the state of their row. */
  readonly counts: Readonly<Record<DeliveryState, number>>;
}

export const DELIVERY_STATES = ['pending', 'suppressed', 'sent', 'delivered', 'failed', 'invalid'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Notifications and a row for each recipient. */
export abstract class NotificationStore {
  /** How many devices an audience reaches now. */
  abstract countRecipients(audience: Audience): Promise<number>;
  /** @returns false when it exists already */
  abstract add(tx: Transaction, notification: NewNotification, now: Date): Promise<boolean>;
  abstract summary(id: NotificationId): Promise<NotificationSummary | undefined>;

  /**
   * Writes a row for each recipient and one for each chunk, once.
   * @returns the chunks to deliver; undefined when this was done before
   */
  abstract freezeAudience(
    tx: Transaction,
    id: NotificationId,
    chunkSize: number,
    now: Date,
  ): Promise<readonly ChunkRef[] | undefined>;
}
