import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';

export interface EmailChange {
  readonly userId: UserId;
  readonly newEmail: string;
  readonly codeMac: Buffer;
  readonly expiresAt: Date;
}

/** What brings an address back. */
export interface EmailUndo {
  readonly userId: UserId;
  readonly oldEmail: string;
  readonly changedAt: Date;
}

/** Changes that wait for their code, and those that can be undone. */
export abstract class EmailChangeStore {
  /** One a user: the newest counts. */
  abstract put(tx: Transaction, change: EmailChange): Promise<void>;
  /** Counts a try, before the code is compared. @returns undefined when expired, used up or unknown */
  abstract countTry(userId: UserId, maxTries: number, now: Date): Promise<EmailChange | undefined>;
  /** @returns false when it was taken, or replaced by another one */
  abstract take(tx: Transaction, change: EmailChange): Promise<boolean>;

  abstract addUndo(tx: Transaction, tokenHash: Buffer, undo: EmailUndo, expiresAt: Date): Promise<void>;
  /** Takes it together with those of later changes. @returns undefined when it was used, has expired or is not known */
  abstract takeUndo(tx: Transaction, tokenHash: Buffer, now: Date): Promise<EmailUndo | undefined>;
}
