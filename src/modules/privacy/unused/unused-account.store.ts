import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';

/** Accounts by when they were used last: a sign-in, a refresh, or a device that told of itself. */
export abstract class UnusedAccountStore {
  /** Those that nobody used since and that are not to be erased yet, oldest first. Not administrators'. */
  abstract find(before: Date, limit: number): Promise<UserId[]>;
  /** Stays as it is until the transaction ends. @returns its address; undefined when it was used meanwhile, or is gone */
  abstract hold(tx: Transaction, userId: UserId, before: Date): Promise<string | undefined>;
}
