import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { DeadLetterId } from '../../../shared/ids';
import type { QueueName } from '../../../shared/message';
import {
  type DeadLetter,
  DeadLetterStore,
  type Death,
  type InspectedLetter,
  type LetterFilter,
  type LetterState,
  type NewLetter,
} from './dead-letter.store';
import type { DeadLetterTables } from './dead-letter.tables';
import { letterConditions } from './letter-conditions';

const COLUMNS = [
  'd.id',
  'd.queue',
  'd.type',
  'd.version',
  'd.correlation_id as correlationId',
  'd.state',
  'd.reason_code as reasonCode',
  'd.reason',
  'd.attempts',
  'd.deaths',
  'd.first_failed_at as firstFailedAt',
  'd.last_failed_at as lastFailedAt',
  'd.died_at as diedAt',
  'd.action_id as actionId',
] as const;
const MOST_HISTORY = 20;

@Injectable()
export class PgDeadLetterStore extends DeadLetterStore {
  constructor(private readonly database: Database) {
    super();
  }

  async list(
    state: LetterState,
    filter: LetterFilter,
    limit: number,
    after: string | undefined,
  ): Promise<DeadLetter[]> {
    const behind = sql<boolean>`(d.died_at, d.id) < (
      select c.died_at, c.id
      from loopin.dead_letters c
      where c.id = ${after ?? null}
    )`;
    return this.letters()
      .select(COLUMNS)
      .where(letterConditions(state, filter))
      .$if(after !== undefined, (query) => query.where(behind))
      .orderBy('d.died_at', 'desc')
      .orderBy('d.id', 'desc')
      .limit(limit + 1)
      .execute();
  }

  async find(id: DeadLetterId): Promise<InspectedLetter | undefined> {
    const [letter, history] = await Promise.all([
      this.letters()
        .select([
          ...COLUMNS,
          'd.body_sealed as bodySealed',
          'd.body_bytes as bodyBytes',
          'd.body_hash as bodyHash',
        ])
        .where('d.id', '=', id)
        .executeTakeFirst(),
      this.deathsOf(id),
    ]);
    return letter && { ...letter, history };
  }

  /** Not on a pipelined connection: it may take longer than those behind it want to wait. */
  async waiting(): Promise<ReadonlyMap<QueueName, number>> {
    const rows = await this.database.transaction((tx) =>
      tx
        .tables<DeadLetterTables>()
        .selectFrom('loopin.dead_letters')
        .select(({ fn }) => ['queue', fn.countAll<string>().as('count')])
        .where('state', '=', 'waiting')
        .groupBy('queue')
        .execute(),
    );
    return new Map(rows.map(({ queue, count }) => [queue, Number(count)]));
  }

  async bury(tx: Transaction, letter: NewLetter): Promise<void> {
    await sql`
      with death as (
        insert into loopin.dead_letter_deaths
          (queue_message_id, dead_letter_id, reason_code, reason, attempts, died_at)
        values (${letter.queueMessageId}, ${letter.id}, ${letter.reasonCode}, ${letter.reason}, ${letter.attempts},
                ${letter.diedAt})
        on conflict (queue_message_id) do nothing
        returning dead_letter_id
      )
      insert into loopin.dead_letters as d
        (id, queue, type, version, correlation_id, occurred_at, group_id, state, reason_code, reason, attempts,
         first_failed_at, last_failed_at, died_at, changed_at, body_sealed, body_bytes, body_hash)
      select death.dead_letter_id, ${letter.queue}, ${letter.type}, ${letter.version}::int,
             ${letter.correlationId}::uuid, ${letter.occurredAt}::timestamptz, ${letter.groupId}, 'waiting',
             ${letter.reasonCode}, ${letter.reason}, ${letter.attempts}::int, ${letter.firstFailedAt}::timestamptz,
             ${letter.lastFailedAt}::timestamptz, ${letter.diedAt}::timestamptz, ${letter.diedAt}::timestamptz,
             ${letter.bodySealed}::bytea, ${letter.bodyBytes}::int, ${letter.bodyHash}::bytea
      from death
      on conflict (id) do update
        set state = 'waiting',
            reason_code = excluded.reason_code,
            reason = excluded.reason,
            attempts = d.attempts + excluded.attempts,
            deaths = d.deaths + 1,
            last_failed_at = excluded.last_failed_at,
            died_at = excluded.died_at,
            changed_at = excluded.changed_at
        -- a second copy of a message that waits or was discarded decides nothing anew
        where d.state = 'redriven'`.execute(tx.tables());
  }

  async lockTwin(tx: Transaction, queue: QueueName, bodyHash: Buffer): Promise<DeadLetterId | undefined> {
    const twin = await tx
      .tables<DeadLetterTables>()
      .selectFrom('loopin.dead_letters')
      .select('id')
      .where('body_hash', '=', bodyHash)
      .where('type', 'is', null)
      .where('state', '=', sql.lit('redriven'))
      .where('queue', '=', queue)
      .orderBy('changed_at')
      .limit(1)
      .forUpdate()
      .executeTakeFirst();
    return twin?.id;
  }

  private deathsOf(id: DeadLetterId): Promise<Death[]> {
    return this.database
      .tables<DeadLetterTables>()
      .selectFrom('loopin.dead_letter_deaths')
      .select(['reason_code as reasonCode', 'reason', 'attempts', 'died_at as diedAt'])
      .where('dead_letter_id', '=', id)
      .orderBy('died_at', 'desc')
      .limit(MOST_HISTORY)
      .execute();
  }

  private letters() {
    return this.database.tables<DeadLetterTables>().selectFrom('loopin.dead_letters as d');
  }
}
