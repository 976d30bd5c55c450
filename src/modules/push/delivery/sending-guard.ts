import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { sql } from 'kysely';
import { sendingGuardConfig } from '../../../config/slices';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock, MINUTE, secondsAfter } from '../../../shared/clock';

/**
 * OneSignal disables an app that sends more than ten times its subscribers within 15 minutes
 * (documentation.onesignal.com/docs/rate-limits); we stop at eight times.
 */
const WINDOW_SECONDS = 15 * MINUTE;
const MOST_PER_SUBSCRIBER = 8;
const COUNT_KEPT_MS = 60_000;

/** Counts what all workers gave to OneSignal lately, by the rows of its chunks. */
@Injectable()
export class SendingGuard {
  private readonly logger = new Logger(SendingGuard.name);
  private subscribers: { readonly count: number; readonly until: number } | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(sendingGuardConfig.KEY) private readonly config: ConfigType<typeof sendingGuardConfig>,
  ) {}

  /** Read outside of any transaction, so that none waits for it. */
  async limit(): Promise<number> {
    const { subscriberFloor } = this.config;
    return MOST_PER_SUBSCRIBER * Math.max(subscriberFloor, await this.subscriberCount());
  }

  /**
   * Whether so many more would stay below the limit. Until the transaction ends no other worker is told so: what it
   * writes into its chunk is what the next one counts.
   */
  async admits(tx: Transaction, members: number, limit: number): Promise<boolean> {
    await sql`select pg_advisory_xact_lock(hashtextextended('push-sending-guard', 0))`.execute(tx.tables());
    const since = secondsAfter(this.clock.now(), -WINDOW_SECONDS);
    const { rows } = await sql<{ sent: number }>`
      select coalesce(sum(members), 0)::float8 as sent
      from loopin.push_chunks
      where provider = 'onesignal'
        and sent_at > ${since}`.execute(tx.tables());
    const count = (rows[0]?.sent ?? 0) + members;
    if (count <= limit) return true;
    const facts = { provider: 'onesignal', metric: 'push.sending_guard', count };
    this.logger.warn(facts, 'stopped before ten times the subscribers in 15 minutes');
    return false;
  }

  private async subscriberCount(): Promise<number> {
    if (this.subscribers !== undefined && this.subscribers.until > performance.now()) {
      return this.subscribers.count;
    }
    const { rows } = await sql<{ count: number }>`
      select (
        (select count(*) from loopin.devices where push_provider = 'onesignal')
        + (select count(*) from loopin.devices where fallback_provider = 'onesignal')
      )::float8 as count`.execute(this.database.tables());
    const count = rows[0]?.count ?? 0;
    this.subscribers = { count, until: performance.now() + COUNT_KEPT_MS };
    return count;
  }
}
