import { randomUUID } from 'node:crypto';
import type { Logger } from '@nestjs/common';
import { runInContext } from '../../shared/request-context';
import { reportError } from '../sentry/reporting';
import type { Shutdown } from './shutdown';

/** After failures, unless said otherwise. */
const LONGEST_PAUSE_MS = 30_000;

export interface TurnsOptions {
  readonly everyMs: number;
  /** @returns whether there is more to do at once */
  readonly work: () => Promise<boolean>;
  readonly logger: Logger;
  /** Said when a turn fails; the next one tries again, a little later each time. */
  readonly failed: string;
  readonly longestPauseMs?: number;
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
    const { everyMs, work, logger, failed, longestPauseMs = LONGEST_PAUSE_MS } = this.options;
    try {
      const more = await work();
      this.failures = 0;
      this.next(more ? 0 : everyMs);
    } catch (err) {
      logger.warn({ err }, failed);
      reportError(err, { schedule: failed.replaceAll(' ', '-') });
      this.next(Math.min(everyMs * 2 ** ++this.failures, Math.max(everyMs, longestPauseMs)));
    }
  }
}
