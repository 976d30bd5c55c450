import { Injectable } from '@nestjs/common';
import { Clock } from '../../../shared/clock';
import { QUEUES } from '../../../shared/message';
import { DeadLetterStore } from '../dead-letters/dead-letter.store';
import type { QueueView } from './queue-overview.schema';
import { type QueueSnapshot, QueueSnapshotStore } from './queue-snapshot.store';

/** All queues at a glance. */
@Injectable()
export class QueueOverview {
  constructor(
    private readonly snapshots: QueueSnapshotStore,
    private readonly letters: DeadLetterStore,
    private readonly clock: Clock,
  ) {}

  async look(): Promise<QueueView[]> {
    const [snapshots, waiting] = await Promise.all([this.snapshots.all(), this.letters.waiting()]);
    const seen = new Map(snapshots.map((snapshot) => [snapshot.queue, snapshot]));
    return QUEUES.map((queue) => ({
      queue,
      ...this.depthOf(seen.get(queue)),
      deadLetters: waiting.get(queue) ?? 0,
    }));
  }

  /** Of a queue that no worker has looked at yet nothing is known. */
  private depthOf(snapshot: QueueSnapshot | undefined): Omit<QueueView, 'queue' | 'deadLetters'> {
    return {
      depth: snapshot?.visible ?? null,
      inFlight: snapshot?.inFlight ?? null,
      delayed: snapshot?.delayed ?? null,
      undrained: snapshot?.undrained ?? null,
      oldestUnfinishedSeconds: this.ageOf(snapshot?.oldestUnfinishedAt ?? null),
      seenAt: snapshot?.takenAt.toISOString() ?? null,
    };
  }

  private ageOf(since: Date | null): number | null {
    if (since === null) return null;
    return Math.max(0, Math.round((this.clock.now().getTime() - since.getTime()) / 1_000));
  }
}
