import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { sql } from 'kysely';
import { Clock, secondsAfter } from '../../shared/clock';
import type { QueueName } from '../../shared/message';
import { Database } from '../database/database';
import { Shutdown } from '../lifecycle/shutdown';
import { Turns } from '../lifecycle/turns';
import { tellFailure } from '../sentry/tell-failure';
import { MAX_BATCH } from './event-queue';
import type { OutboxTables } from './outbox.tables';
import { OutboxPublisher } from './outbox-publisher';

const PACE = { everyMs: 500, longestPauseMs: 5_000 };
const CLAIM_SIZE = 100;
const CLAIM_SECONDS = 15;

interface ClaimedRow {
  readonly id: string;
  readonly queue: QueueName;
  readonly body: string;
  readonly group_id: string | null;
  readonly claimable_at: Date;
}

/**
 * Publishes what the fast path could not, oldest first. Rows are claimed by moving `claimable_at` ahead, so no
 * transaction stays open while the queue is called and many relays never take the same row.
 */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(OutboxRelay.name);
  private readonly turns: Turns;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly publisher: OutboxPublisher,
    shutdown: Shutdown,
  ) {
    const { logger } = this;
    const failed = 'relaying the outbox failed';
    this.turns = new Turns({ ...PACE, work: () => this.relay(), logger, failed }, shutdown);
  }

  onApplicationBootstrap(): void {
    this.turns.start();
  }

  onModuleDestroy(): void {
    this.turns.stop();
  }

  /** Each queue for itself: one that refuses delays no other. @throws when none of them took anything */
  private async relay(): Promise<boolean> {
    const rows = await this.claim();
    const byQueue = [...Map.groupBy(rows, (row) => row.queue)];
    const results = await Promise.allSettled(byQueue.map(([queue, group]) => this.relayQueue(queue, group)));
    const refusals = results.filter((result) => result.status === 'rejected');
    if (refusals.length > 0 && refusals.length === results.length) throw refusals[0]?.reason;
    for (const { reason } of refusals) tellFailure(this.logger, reason, 'relaying to a queue failed');
    return rows.length === CLAIM_SIZE;
  }

  private async relayQueue(queue: QueueName, rows: readonly ClaimedRow[]): Promise<void> {
    let published = 0;
    for (let from = 0; from < rows.length; from += MAX_BATCH) {
      const batch = rows.slice(from, from + MAX_BATCH);
      published += await this.publisher.publish(
        queue,
        batch.map(({ id, body, group_id, claimable_at }) => ({
          ...{ id, body, claimableAt: claimable_at },
          groupId: group_id ?? undefined,
        })),
      );
    }
    if (published > 0) this.logger.log({ queue, count: published }, 'relayed from the outbox');
  }

  private async claim(): Promise<readonly ClaimedRow[]> {
    const now = this.clock.now();
    const { rows } = await sql<ClaimedRow>`
      with oldest as materialized (
        select id
        from loopin.outbox
        where published_at is null and claimable_at <= ${now}
        order by claimable_at
        limit ${CLAIM_SIZE}
        for update skip locked
      )
      update loopin.outbox as o
      set claimable_at = ${secondsAfter(now, CLAIM_SECONDS)}
      from oldest
      where o.id = oldest.id
      returning o.id, o.queue, o.body, o.group_id, o.claimable_at`.execute(
      this.database.tables<OutboxTables>(),
    );
    return rows;
  }
}
