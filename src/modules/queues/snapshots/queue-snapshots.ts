import { Injectable } from '@nestjs/common';
import { DeadLetterQueue } from '../../../platform/sqs/dead-letter-queue';
import { Clock, secondsAfter } from '../../../shared/clock';
import { QUEUES } from '../../../shared/message';
import { QueueSnapshotStore } from './queue-snapshot.store';

/** One of many workers is enough to look. */
const FRESH_SECONDS = 4;

/** Looks at the queues, for those who may not. */
@Injectable()
export class QueueSnapshots {
  constructor(
    private readonly queue: DeadLetterQueue,
    private readonly store: QueueSnapshotStore,
    private readonly clock: Clock,
  ) {}

  async take(): Promise<void> {
    if (await this.store.takenSince(secondsAfter(this.clock.now(), -FRESH_SECONDS))) return;
    for (const queue of QUEUES) {
      const { visible, inFlight, delayed, dead } = await this.queue.depth(queue);
      const takenAt = this.clock.now();
      await this.store.put({ queue, visible, inFlight, delayed, undrained: dead, takenAt });
      await this.store.noteOldestUnfinished(queue, takenAt);
    }
  }
}
