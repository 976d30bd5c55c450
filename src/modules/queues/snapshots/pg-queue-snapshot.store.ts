import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import { HOUR, MINUTE, secondsAfter } from '../../../shared/clock';
import type { QueueName } from '../../../shared/message';
import { type QueueSnapshot, QueueSnapshotStore } from './queue-snapshot.store';

interface SnapshotTables {
  'loopin.queue_snapshots': {
    queue: QueueName;
    visible: string | number;
    in_flight: string | number;
    delayed: string | number;
    undrained: string | number;
    oldest_unfinished_at: Date | null;
    finished_before: Date;
    taken_at: Date;
  };
}

/** What was published that long ago is committed: a row never turns up behind the mark. */
const SETTLED_SECONDS = MINUTE;
/** How far the first look goes back. */
const FIRST_LOOK_SECONDS = HOUR;

@Injectable()
export class PgQueueSnapshotStore extends QueueSnapshotStore {
  constructor(private readonly database: Database) {
    super();
  }

  async all(): Promise<QueueSnapshot[]> {
    const rows = await this.tables().selectFrom('loopin.queue_snapshots').selectAll().execute();
    return rows.map((row) => ({
      queue: row.queue,
      visible: Number(row.visible),
      inFlight: Number(row.in_flight),
      delayed: Number(row.delayed),
      undrained: Number(row.undrained),
      oldestUnfinishedAt: row.oldest_unfinished_at,
      takenAt: row.taken_at,
    }));
  }

  async takenSince(time: Date): Promise<boolean> {
    const rows = await this.tables()
      .selectFrom('loopin.queue_snapshots')
      .select('queue')
      .where('taken_at', '>', time)
      .execute();
    return rows.length > 0;
  }

  async put({ queue, takenAt, ...seen }: Parameters<QueueSnapshotStore['put']>[0]): Promise<void> {
    const values = {
      visible: seen.visible,
      in_flight: seen.inFlight,
      delayed: seen.delayed,
      undrained: seen.undrained,
      taken_at: takenAt,
    };
    const first = { oldest_unfinished_at: null, finished_before: secondsAfter(takenAt, -FIRST_LOOK_SECONDS) };
    await this.tables()
      .insertInto('loopin.queue_snapshots')
      .values({ queue, ...values, ...first })
      .onConflict((conflict) => conflict.column('queue').doUpdateSet(values))
      .execute();
  }

  /** Rows that are done are passed once: the mark moves with the oldest that is not. */
  async noteOldestUnfinished(queue: QueueName, now: Date): Promise<void> {
    await this.database.transaction((tx) =>
      sql`
        with published as materialized (
          select o.created_at, o.published_at
          from loopin.outbox o
          where o.queue = ${queue}
            and o.published_at >= (
              select s.finished_before
              from loopin.queue_snapshots s
              where s.queue = ${queue}
            )
            and not exists (
              select from loopin.inbox i
              where i.message_id = o.id and i.state = 'done'
            )
            and not exists (
              select from loopin.dead_letters d
              where d.id = o.id and d.state <> 'redriven'
            )
          order by o.published_at
          limit 1
        ),
        unpublished as (
          select min(o.created_at) as created_at
          from loopin.outbox o
          where o.queue = ${queue} and o.published_at is null
        )
        update loopin.queue_snapshots as s
        set oldest_unfinished_at = least(
              (select created_at from published),
              (select created_at from unpublished)
            ),
            finished_before = least(
              (select published_at from published),
              ${secondsAfter(now, -SETTLED_SECONDS)}::timestamptz
            )
        where s.queue = ${queue}`.execute(tx.tables()),
    );
  }

  private tables(): Kysely<SnapshotTables> {
    return this.database.tables<SnapshotTables>();
  }
}
