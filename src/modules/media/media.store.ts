import type { Transaction } from '../../platform/database/transaction';
import type { MediaId, UserId } from '../../shared/ids';
import type { Purpose } from './media.schema';

export interface Media {
  readonly id: MediaId;
  readonly userId: UserId;
  readonly purpose: Purpose;
  readonly contentType: string;
  readonly bytes: number;
  readonly status: 'pending' | 'ready';
  readonly createdAt: Date;
  /** Until then its upload URL puts something there. */
  readonly uploadUntil: Date;
}

/** Something that is to go from the storage. */
export interface Leftover {
  readonly id: MediaId;
  readonly path: string;
}

/** Files of users. The bytes are in the storage, under the path that `pathOf` says. */
export abstract class MediaStore {
  /**
   * Other uploads of the user wait until the transaction ends, and so does the end of the account.
   * @returns bytes of all files, uploaded or announced; undefined when there is no such user any more
   */
  abstract lockUsage(tx: Transaction, userId: UserId): Promise<number | undefined>;
  /** Does nothing when it is there already. */
  abstract add(tx: Transaction, media: Media): Promise<void>;
  abstract find(userId: UserId, id: MediaId): Promise<Media | undefined>;
  /** @returns false when it is gone */
  abstract complete(userId: UserId, id: MediaId): Promise<boolean>;
  /** From now on it is not there; the sweep removes its bytes. @returns false when there was none */
  abstract discard(userId: UserId, id: MediaId, now: Date): Promise<boolean>;

  /** What was discarded, or announced and never completed. */
  abstract leftovers(now: Date, limit: number): Promise<readonly Leftover[]>;
  /** Forgets them; those whose upload URL is still good are looked at once more when it has ended. */
  abstract removed(ids: readonly MediaId[], now: Date): Promise<void>;
}

/** Everything of a user is under one prefix. */
export const pathOf = (userId: UserId, id: MediaId): string => `users/${userId}/${id}`;
