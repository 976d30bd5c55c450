import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';

export interface Subscription {
  readonly topic: string;
  readonly createdAt: Date;
}

/** Who hears of what. */
export abstract class TopicStore {
  /**
   * Subscribes once, however often it is called.
   * @param most topics that a user may have, also when two calls come at once
   * @returns false when there are as many already
   */
  abstract subscribe(
    tx: Transaction,
    userId: UserId,
    topic: string,
    most: number,
    now: Date,
  ): Promise<boolean>;

  abstract unsubscribe(userId: UserId, topic: string): Promise<void>;

  /** By name; up to `limit + 1` rows from `after` on. */
  abstract list(userId: UserId, limit: number, after: string | undefined): Promise<Subscription[]>;
}
