import type { Transaction } from '../../../platform/database/transaction';
import type { NotificationId, UserId } from '../../../shared/ids';
import type { AudienceKinds } from './audience';

/** A notification on its way to its recipients. */
export interface FanOut {
  readonly id: NotificationId;
  readonly kinds: AudienceKinds;
  readonly category: string;
  readonly silent: boolean;
  readonly respectQuietHours: boolean;
  readonly dryRun: boolean;
  /** The locales that have words of their own. */
  readonly variants: readonly string[];
  readonly expiresAt: Date;
  /** The last user whose devices are frozen. */
  readonly cursor: UserId | null;
  readonly resolved: boolean;
}

export interface Sizes {
  /** Users a page. */
  readonly page: number;
  /** Members of a chunk of OneSignal's. */
  readonly chunk: number;
}

export interface FrozenPage {
  /** Whether more users follow. */
  readonly more: boolean;
  /** Chunks that are ready to be sent. */
  readonly chunks: readonly number[];
}

/** From an audience to rows and chunks, inside the database: no ids travel. */
export abstract class FanOutStore {
  /** The notification, locked until the transaction ends. @returns undefined where nothing is (or remains) to be sent */
  abstract lock(tx: Transaction, id: NotificationId): Promise<FanOut | undefined>;

  /**
   * Freezes the next page of the audience: a row for each reachable device, chunks for those who may hear it now,
   * a place in everybody's inbox; moves the cursor, and closes the audience after its last page.
   */
  abstract freezePage(tx: Transaction, fanOut: FanOut, sizes: Sizes, now: Date): Promise<FrozenPage>;

  /** Notifications with recipients whose quiet hours are over, up to `limit`. */
  abstract withDueRecipients(limit: number, now: Date): Promise<NotificationId[]>;

  /** To be asked after every commit that may have been the notification's last. */
  abstract completeWhenDone(id: NotificationId, now: Date): Promise<void>;

  /** Notifications that were over before `before` without anybody having asked since, up to `limit`. */
  abstract overlooked(limit: number, before: Date): Promise<NotificationId[]>;

  /** Judges a page of due recipients again, and closes the notification's chunks behind the last of them. */
  abstract releasePage(tx: Transaction, fanOut: FanOut, sizes: Sizes, now: Date): Promise<FrozenPage>;
}
