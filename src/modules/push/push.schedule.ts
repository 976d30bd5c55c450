import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Shutdown } from '../../platform/lifecycle/shutdown';
import { Turns } from '../../platform/lifecycle/turns';
import { HeldRecipients } from './fanout/held-recipients';
import { DueNotifications } from './notifications/due-notifications';

const LOOK_FOR_DUE_MS = 1_000;
const LOOK_FOR_HELD_MS = 2_000;
const LOOK_FOR_OVERLOOKED_MS = 60_000;

/** What waits for its time. Every worker looks; the rows decide who does it. */
@Injectable()
export class PushSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(PushSchedule.name);
  private readonly turns: readonly Turns[];

  constructor(due: DueNotifications, held: HeldRecipients, shutdown: Shutdown) {
    const { logger } = this;
    this.turns = [
      { everyMs: LOOK_FOR_DUE_MS, work: () => due.queue(), failed: 'queueing what is due failed' },
      { everyMs: LOOK_FOR_HELD_MS, work: () => held.release(), failed: 'releasing held recipients failed' },
      {
        everyMs: LOOK_FOR_OVERLOOKED_MS,
        work: () => held.completeOverlooked(),
        failed: 'completing what was overlooked failed',
      },
    ].map((loop) => new Turns({ ...loop, logger }, shutdown));
  }

  onApplicationBootstrap(): void {
    for (const loop of this.turns) loop.start();
  }

  onModuleDestroy(): void {
    for (const loop of this.turns) loop.stop();
  }
}
