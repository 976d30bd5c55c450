import type { QueueName } from '../../../shared/message';

export interface QueueSnapshot {
  readonly queue: QueueName;
  /** Ready to be received. */
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** In the dead-letter queue, not drained yet. */
  readonly undrained: number;
  /** Since when the oldest message that is neither done nor dead is there. */
  readonly oldestUnfinishedAt: Date | null;
  readonly takenAt: Date;
}

/** What the worker saw of the queues, for those who may not ask them. */
export abstract class QueueSnapshotStore {
  abstract all(): Promise<QueueSnapshot[]>;
  abstract takenSince(time: Date): Promise<boolean>;
  abstract put(snapshot: Omit<QueueSnapshot, 'oldestUnfinishedAt'>): Promise<void>;
  /** Looks on from where the last look ended, and notes what it found. */
  abstract noteOldestUnfinished(queue: QueueName, now: Date): Promise<void>;
}
