import type { Transaction } from '../../../platform/database/transaction';

export interface ResetCode {
  readonly mac: Buffer;
  readonly expiresAt: Date;
}

/** Codes by mail for a new password, one an address. */
export abstract class PasswordResetStore {
  /** Replaces the code before it. */
  abstract put(tx: Transaction, email: string, code: ResetCode): Promise<void>;
  /** Counts a try, before the code is compared. @returns its digest; undefined when expired, used up or unknown */
  abstract countTry(email: string, maxTries: number, now: Date): Promise<Buffer | undefined>;
  /** @returns false when somebody else took it first, or another one was sent */
  abstract take(tx: Transaction, email: string, mac: Buffer): Promise<boolean>;
}
