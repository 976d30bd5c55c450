import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';

export interface NewPasswordHash {
  readonly userId: UserId;
  /** The address when the password was allowed: whoever took the address back since has closed every way in. */
  readonly email: string;
  readonly hash: string;
  /** The hash that the caller proved to know: nothing is replaced when it is another one by now. */
  readonly proved?: string;
}

/** The password of an account and those before it. */
export abstract class PasswordStore {
  /** Those before the one in use, newest first. */
  abstract formerHashes(userId: UserId): Promise<string[]>;
  /** Also keeps the one in use as a former one. @returns false when the address or what was proved is another by now */
  abstract replace(tx: Transaction, password: NewPasswordHash, now: Date): Promise<boolean>;
  /** Keeps the one in use as a former one: the account has none until its owner sets another. */
  abstract remove(tx: Transaction, userId: UserId, now: Date): Promise<void>;
  /** The same password under stronger parameters; does nothing when it was changed meanwhile. */
  abstract rehash(userId: UserId, before: string, after: string): Promise<void>;
}
