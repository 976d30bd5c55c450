import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { DeadLetterActionId, DeadLetterId } from '../../../shared/ids';
import { type LetterState, REASON_CODES } from './dead-letter.store';
import type { DeadLetterTables } from './dead-letter.tables';
import {
  type ActionProgress,
  DeadLetterActionStore,
  type DueAction,
  type LetterScope,
  type MovableLetter,
  type NewAction,
} from './dead-letter-action.store';
import { scopeConditions } from './letter-conditions';

const SCOPE = ['ids', 'queue', 'type', 'reason_code', 'since', 'until'] as const;
const Reason = z.enum(REASON_CODES);

@Injectable()
export class PgDeadLetterActionStore extends DeadLetterActionStore {
  constructor(private readonly database: Database) {
    super();
  }

  /** Not on a pipelined connection: it may take longer than those behind it want to wait. */
  async count(scope: LetterScope): Promise<number> {
    const { count } = await this.database.transaction((tx) =>
      this.tables(tx)
        .selectFrom('loopin.dead_letters as d')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .where(scopeConditions(scope))
        .executeTakeFirstOrThrow(),
    );
    return Number(count);
  }

  async add(tx: Transaction, { scope, ...action }: NewAction, now: Date): Promise<boolean> {
    const added = await this.tables(tx)
      .insertInto('loopin.dead_letter_actions')
      .values({
        id: action.id,
        kind: action.kind,
        ids: scope.ids === undefined ? null : [...scope.ids],
        queue: scope.queue ?? null,
        type: scope.type ?? null,
        reason_code: scope.reasonCode ?? null,
        since: scope.since ?? null,
        until: scope.until,
        rate_per_second: action.rate ?? null,
        reason: action.reason ?? null,
        counted: action.counted,
        requested_by: action.requestedBy,
        requested_at: now,
        next_at: now,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    return added !== undefined;
  }

  async find(id: DeadLetterActionId): Promise<ActionProgress | undefined> {
    return this.database
      .tables<DeadLetterTables>()
      .selectFrom('loopin.dead_letter_actions')
      .select([
        'id',
        'kind',
        'counted',
        'moved',
        'rate_per_second as rate',
        'reason',
        'requested_by as requestedBy',
        'requested_at as requestedAt',
        'finished_at as finishedAt',
        'failure',
      ])
      .where('id', '=', id)
      .executeTakeFirst();
  }

  async lockDue(tx: Transaction, now: Date, id?: DeadLetterActionId): Promise<DueAction | undefined> {
    const row = await this.tables(tx)
      .selectFrom('loopin.dead_letter_actions')
      .select(['id', 'kind', 'rate_per_second', 'counted', 'moved', 'next_at', 'failures', ...SCOPE])
      .where('finished_at', 'is', null)
      .where('next_at', '<=', now)
      .$if(id !== undefined, (query) => query.where('id', '=', id ?? null))
      .orderBy('next_at')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return {
      id: row.id,
      kind: row.kind,
      scope: {
        ids: row.ids ?? undefined,
        queue: row.queue ?? undefined,
        type: row.type ?? undefined,
        reasonCode: row.reason_code === null ? undefined : Reason.parse(row.reason_code),
        since: row.since ?? undefined,
        until: row.until,
      },
      rate: row.rate_per_second ?? undefined,
      left: row.counted - row.moved,
      nextAt: row.next_at,
      failures: row.failures,
    };
  }

  async lockLetters(
    tx: Transaction,
    { id, scope }: Pick<DueAction, 'id' | 'scope'>,
    limit: number,
  ): Promise<MovableLetter[]> {
    return this.tables(tx)
      .selectFrom('loopin.dead_letters as d')
      .select(['d.id', 'd.queue', 'd.group_id as groupId', 'd.body_sealed as bodySealed'])
      .where(scopeConditions(scope))
      .where('d.action_id', 'is distinct from', id)
      .orderBy('d.died_at')
      .orderBy('d.id')
      .limit(limit)
      .forUpdate()
      .execute();
  }

  async move(
    tx: Transaction,
    ids: readonly DeadLetterId[],
    to: Exclude<LetterState, 'waiting'>,
    action: DeadLetterActionId,
    now: Date,
  ): Promise<void> {
    await this.tables(tx)
      .updateTable('loopin.dead_letters')
      .set({ state: to, action_id: action, changed_at: now })
      .where('id', '=', (eb) => eb.fn.any(sql<DeadLetterId[]>`${[...ids]}::uuid[]`))
      .execute();
  }

  async setAside(
    tx: Transaction,
    ids: readonly DeadLetterId[],
    reason: Parameters<DeadLetterActionStore['setAside']>[2],
    action: DeadLetterActionId,
  ): Promise<void> {
    await this.tables(tx)
      .updateTable('loopin.dead_letters')
      .set({ reason_code: reason.code, reason: reason.words, action_id: action })
      .where('id', '=', (eb) => eb.fn.any(sql<DeadLetterId[]>`${[...ids]}::uuid[]`))
      .execute();
  }

  async fail(
    id: DeadLetterActionId,
    { reason, nextAt, finishedAt }: Parameters<DeadLetterActionStore['fail']>[1],
  ): Promise<void> {
    await this.database
      .tables<DeadLetterTables>()
      .updateTable('loopin.dead_letter_actions')
      .set((eb) => ({
        failures: eb('failures', '+', 1),
        failure: reason,
        next_at: nextAt,
        finished_at: finishedAt,
      }))
      .where('id', '=', id)
      .where('finished_at', 'is', null)
      .execute();
  }

  async advance(
    tx: Transaction,
    id: DeadLetterActionId,
    progress: Parameters<DeadLetterActionStore['advance']>[2],
  ): Promise<void> {
    await this.tables(tx)
      .updateTable('loopin.dead_letter_actions')
      .set((eb) => ({
        moved: eb('moved', '+', progress.more),
        next_at: progress.nextAt,
        finished_at: progress.finishedAt,
        failures: 0,
        failure: null,
      }))
      .where('id', '=', id)
      .execute();
  }

  private tables(tx: Transaction): Kysely<DeadLetterTables> {
    return tx.tables<DeadLetterTables>();
  }
}
