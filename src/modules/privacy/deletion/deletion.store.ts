import type { Transaction } from '../../../platform/database/transaction';
import type { JobId, UserId } from '../../../shared/ids';

/** An account that is to be erased. */
export interface Deletion {
  readonly userId: UserId;
  readonly jobId: JobId;
  readonly requestedAt: Date;
  readonly dueAt: Date;
  readonly begunAt: Date | null;
  /** Nobody asked for it: whoever uses the account before it is due keeps it. */
  readonly unused: boolean;
}

export abstract class DeletionStore {
  /** Locked until the transaction ends. */
  abstract lock(tx: Transaction, userId: UserId): Promise<Deletion | undefined>;
  abstract add(tx: Transaction, deletion: Omit<Deletion, 'begunAt'>): Promise<void>;
  /** From now on its owner wants it, however it came about. */
  abstract askFor(tx: Transaction, userId: UserId): Promise<void>;
  abstract wasUsedSince(tx: Transaction, userId: UserId, time: Date): Promise<boolean>;
  abstract remove(tx: Transaction, userId: UserId): Promise<void>;
  /** It can't be taken back from now on. */
  abstract begin(tx: Transaction, userId: UserId, now: Date): Promise<void>;
}
