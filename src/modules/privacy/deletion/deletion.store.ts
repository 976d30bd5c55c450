import type { Transaction } from '../../../platform/database/transaction';
import type { JobId, UserId } from '../../../shared/ids';

/** An account that is to be erased. */
export interface Deletion {
  readonly userId: UserId;
  readonly jobId: JobId;
  readonly requestedAt: Date;
  readonly dueAt: Date;
  readonly begunAt: Date | null;
}

export abstract class DeletionStore {
  /** Locked until the transaction ends. */
  abstract lock(tx: Transaction, userId: UserId): Promise<Deletion | undefined>;
  abstract add(tx: Transaction, deletion: Omit<Deletion, 'begunAt'>): Promise<void>;
  abstract remove(tx: Transaction, userId: UserId): Promise<void>;
  /** It can't be taken back from now on. */
  abstract begin(tx: Transaction, userId: UserId, now: Date): Promise<void>;
}
