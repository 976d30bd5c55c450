import { randomUUID } from 'node:crypto';
import type { Logger } from '@nestjs/common';
import { runInContext } from '../../shared/request-context';
import { tellFailure } from '../sentry/tell-failure';
import type { Shutdown } from './shutdown';

const LONGEST_PAUSE_MS = 30_000;

export interface TurnsOptions {
  readonly everyMs: number;
  /** Between tries after failures; half a minute unless said otherwise. */
  readonly longestPauseMs?: number;
  /** @returns whether there is more to do at once */
  readonly work: () => Promise<boolean>;
  readonly logger: Logger;
  /** Said when a turn fails; the next one tries again, a little later each time. */
  readonly failed: string;
}

/** Looks again and again whether there is something to do: one turn at a time, and none after `stop`. */
export class Turns {
  private running: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private failures = 0;

  constructor(
    private readonly options: TurnsOptions,
    shutdown: Shutdown,
  ) {
    shutdown.onFlush(() => this.running);
  }

  start(): void {
    this.next(this.options.everyMs);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private next(delayMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      // what a turn causes belongs together
      this.running = runInContext({ correlationId: randomUUID() }, () => this.turn());
    }, delayMs);
  }

  private async turn(): Promise<void> {
    const { everyMs, longestPauseMs = LONGEST_PAUSE_MS, work, logger, failed } = this.options;
    try {
      const more = await work();
      this.failures = 0;
      this.next(more ? 0 : everyMs);
    } catch (err) {
      tellFailure(logger, err, failed);
      this.next(Math.min(everyMs * 2 ** ++this.failures, Math.max(everyMs, longestPauseMs)));
    }
  }
}
