import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { SchemaVersion } from './schema-version';

const PATIENCE_MS = 60_000;
const PAUSE_MS = 500;

/** A process listens only after the database answered once with a schema that is new enough. */
@Injectable()
export class StartupCheck {
  private readonly logger = new Logger(StartupCheck.name);

  constructor(private readonly schema: SchemaVersion) {}

  /** @throws Error after a minute, so that the platform replaces the task */
  async pass(): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    for (let told = false; ; told = true) {
      const current = await this.schema.isCurrent().catch(() => undefined);
      if (current) return;
      const reason =
        current === false ? 'the migrations are not applied yet' : 'the database does not answer';
      if (performance.now() > until) throw new Error(`not started: ${reason}`);
      if (!told) this.logger.warn(`waiting: ${reason}`);
      await delay(PAUSE_MS);
    }
  }
}
