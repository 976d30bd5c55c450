import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/clock';
import { Database } from '../database/database';
import { gauge } from '../telemetry/meter';
import type { OutboxTables } from './outbox.tables';

/** How far the relay is behind: what it publishes late, phones get late. */
@Injectable()
export class OutboxAge {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    gauge('loopin_outbox_oldest_seconds', 'outbox', async () => [
      { labels: {}, value: await this.oldestSeconds() },
    ]);
  }

  /** Of the message that is due longest; one that waits for its time on purpose is not due. 0 when there is none. */
  async oldestSeconds(): Promise<number> {
    const now = this.clock.now();
    const oldest = await this.database
      .tables<OutboxTables>()
      .selectFrom('loopin.outbox')
      .select('claimable_at')
      .where('published_at', 'is', null)
      .where('claimable_at', '<=', now)
      .orderBy('claimable_at')
      .limit(1)
      .executeTakeFirst();
    return oldest === undefined ? 0 : (now.getTime() - oldest.claimable_at.getTime()) / 1_000;
  }
}
