import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, Module } from '@nestjs/common';
import type { QueueName } from '../../shared/message';
import { Database } from '../database/database';
import { Draining } from '../lifecycle/draining';
import { tellFailure } from '../sentry/tell-failure';

const PAUSE_MS = 1_000;

/**
 * What a poll has to pass. Shut while the database is away: a message that is received then can only be given back,
 * and after five receives it would be a dead letter. A queue that refuses is asked again after a pause only.
 */
@Injectable()
export class PollingGate {
  private readonly logger = new Logger(PollingGate.name);
  private readonly refusing = new Set<QueueName>();
  private shut = false;

  constructor(
    private readonly database: Database,
    private readonly draining: Draining,
  ) {}

  /** Called by whoever found the database away. */
  close(): void {
    if (!this.shut) this.logger.warn('polling pauses until the database answers');
    this.shut = true;
  }

  refused(queue: QueueName, err: Error): void {
    if (!this.refusing.has(queue)) tellFailure(this.logger, err, 'receiving failed', { queue });
    this.refusing.add(queue);
  }

  answered(queue: QueueName): void {
    if (this.refusing.delete(queue)) this.logger.log({ queue }, 'the queue answers again');
  }

  /** Before each poll: resolves at once when all is well. */
  async passage(queue: QueueName): Promise<void> {
    if (this.refusing.has(queue)) await delay(PAUSE_MS);
    while (this.shut && !this.draining.started) {
      await delay(PAUSE_MS);
      this.shut = await this.database.ping().then(
        () => false,
        () => true,
      );
    }
  }
}

@Module({ providers: [PollingGate], exports: [PollingGate] })
export class PollingGateModule {}
