import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Shutdown } from '../../platform/lifecycle/shutdown';
import { Turns } from '../../platform/lifecycle/turns';
import { DeadLetterActions } from './dead-letters/dead-letter-actions.service';
import { DeadLetterDrain } from './dead-letters/dead-letter-drain';
import { QueueSnapshots } from './snapshots/queue-snapshots';

const DRAIN_EVERY_MS = 5_000;
const MOVE_EVERY_MS = 500;
const LOOK_EVERY_MS = 5_000;

/** Every worker does it; rows decide who does what. */
@Injectable()
export class QueuesSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(QueuesSchedule.name);
  private readonly turns: readonly Turns[];

  constructor(
    drain: DeadLetterDrain,
    actions: DeadLetterActions,
    snapshots: QueueSnapshots,
    shutdown: Shutdown,
  ) {
    const { logger } = this;
    const look = () => snapshots.take().then(() => false);
    this.turns = [
      { everyMs: DRAIN_EVERY_MS, work: () => drain.drain(), failed: 'draining dead letters failed' },
      { everyMs: MOVE_EVERY_MS, work: () => actions.continue(), failed: 'moving dead letters failed' },
      { everyMs: LOOK_EVERY_MS, work: look, failed: 'looking at the queues failed' },
    ].map((loop) => new Turns({ ...loop, logger }, shutdown));
  }

  onApplicationBootstrap(): void {
    for (const loop of this.turns) loop.start();
  }

  onModuleDestroy(): void {
    for (const loop of this.turns) loop.stop();
  }
}
