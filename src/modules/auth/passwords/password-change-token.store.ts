import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';

export interface PasswordChangeToken {
  readonly hash: Buffer;
  readonly userId: UserId;
  readonly expiresAt: Date;
}

/** Tokens for choosing a new password and nothing else. */
export abstract class PasswordChangeTokenStore {
  abstract add(token: PasswordChangeToken): Promise<void>;
  /** @returns whose it is; undefined when expired, used up or unknown */
  abstract countTry(hash: Buffer, maxTries: number, now: Date): Promise<UserId | undefined>;
  /** @returns false when somebody else took it first */
  abstract take(tx: Transaction, hash: Buffer): Promise<boolean>;
  /** A new password ends every other way to one. */
  abstract endAll(tx: Transaction, userId: UserId): Promise<void>;
}
