import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, Module } from '@nestjs/common';
import { Database } from '../database/database';
import { Draining } from '../lifecycle/draining';

const PROBE_EVERY_MS = 1_000;

/**
 * Shut while the database is away: a message that is received then can only be given back, and after five receives
 * it would be a dead letter. An outage must not spend receives.
 */
@Injectable()
export class PollingGate {
  private readonly logger = new Logger(PollingGate.name);
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

  /** Before each poll: resolves at once while open, else when the database answers again. */
  async passage(): Promise<void> {
    while (this.shut && !this.draining.started) {
      await delay(PROBE_EVERY_MS);
      this.shut = await this.database.ping().then(
        () => false,
        () => true,
      );
    }
  }
}

@Module({ providers: [PollingGate], exports: [PollingGate] })
export class PollingGateModule {}
