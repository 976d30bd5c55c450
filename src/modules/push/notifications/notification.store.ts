import type { Transaction } from '../../../platform/database/transaction';
import type { DeviceId, NotificationId, UserId } from '../../../shared/ids';
import type { Content, Localizations, Options, StoredAudience } from '../push.schema';

export const NOTIFICATION_STATUSES = [
  'scheduled',
  'queued',
  'sending',
  'completed',
  'cancelled',
  'failed',
] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

export const DELIVERY_STATES = ['pending', 'suppressed', 'sent', 'delivered', 'failed', 'invalid'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface NewNotification {
  readonly id: NotificationId;
  readonly status: 'scheduled' | 'queued';
  readonly audience: StoredAudience;
  readonly content: Content;
  readonly localizations: Localizations;
  readonly template: { readonly name: string; readonly version: number } | null;
  readonly options: Options;
  readonly category: string;
  readonly respectQuietHours: boolean;
  readonly dryRun: boolean;
  /** Null until a topic or everybody was resolved. */
  readonly recipients: number | null;
  readonly sendAt: Date | null;
  /** After it the message is worth nothing to anybody. */
  readonly expiresAt: Date;
  readonly createdBy: string;
}

export interface NotificationSummary
  extends Pick<NewNotification, 'id' | 'template' | 'category' | 'respectQuietHours' | 'dryRun' | 'sendAt'> {
  readonly status: NotificationStatus;
  readonly recipients: number | null;
  readonly provider: string | null;
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
  readonly audienceResolvedAt: Date | null;
  readonly completedAt: Date | null;
  /** Recipients by the state of their row. */
  readonly counts: Readonly<Record<DeliveryState, number>>;
}

/** One recipient, and what became of the push to it. */
export interface Delivery {
  readonly target: string;
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly updatedAt: Date;
}

/** Notifications, from being asked for until their audience is looked for. */
export abstract class NotificationStore {
  /** How many devices an audience of users and devices reaches now. */
  abstract countRecipients(audience: StoredAudience, now: Date): Promise<number>;
  /** @returns false when it exists already */
  abstract add(tx: Transaction, notification: NewNotification, now: Date): Promise<boolean>;
  abstract exists(id: NotificationId): Promise<boolean>;
  abstract summary(id: NotificationId): Promise<NotificationSummary | undefined>;

  /** By target; up to `limit + 1` rows from `after` on. */
  abstract deliveries(
    id: NotificationId,
    page: { readonly limit: number; readonly after: string; readonly state: DeliveryState | undefined },
  ): Promise<Delivery[]>;

  /** Cancels what has reached nobody yet. @returns the status it has now; undefined when there is none */
  abstract cancel(id: NotificationId, now: Date): Promise<NotificationStatus | undefined>;

  /** Queues up to `limit` notifications whose time has come. @returns them */
  abstract queueDue(tx: Transaction, limit: number, now: Date): Promise<NotificationId[]>;
}
