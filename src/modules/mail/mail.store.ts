import type { Transaction } from '../../platform/database/transaction';
import type { MailId } from '../../shared/ids';

export interface PendingMail {
  readonly id: MailId;
  readonly template: string;
  /** Sealed address and variables. */
  readonly content: Buffer;
}

export abstract class MailStore {
  abstract add(tx: Transaction, mail: PendingMail, now: Date): Promise<void>;
  /** @returns undefined when it was sent already, or never existed */
  abstract findUnsent(id: MailId): Promise<PendingMail | undefined>;
  /** Those that still have a content, by id. */
  abstract unsent(tx: Transaction, after: MailId | undefined, limit: number): Promise<PendingMail[]>;
  abstract remove(tx: Transaction, ids: readonly MailId[]): Promise<void>;
  /** Also wipes the content. */
  abstract markSent(id: MailId, now: Date): Promise<void>;
}
