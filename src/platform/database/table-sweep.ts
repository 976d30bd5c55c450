import { type RawBuilder, sql } from 'kysely';
import { count } from '../telemetry/meter';
import type { Database } from './database';
import type { Transaction } from './transaction';

/** Rows that nobody needs any more once `column` is so long ago; `column` has an index. */
export interface TableRule {
  readonly table: `loopin.${string}`;
  readonly column: string;
  readonly keepSeconds: number;
  /** Only rows in these states; the index begins with `state`. */
  readonly states?: readonly string[];
}

/** Deletes the rows of a table that have expired, oldest first, leaving out those that somebody is at. */
export class TableSweep {
  private since = new Date(0);

  constructor(
    private readonly database: Database,
    private readonly rule: TableRule,
    private readonly before: Date,
  ) {}

  /** One transaction. @returns how many rows it deleted, at most `limit` */
  async removeSome(limit: number): Promise<number> {
    const { removed, newest } = await this.database.transaction((tx) => this.delete(tx, limit));
    // the index has what is gone until the next vacuum: the next batch need not pass by all of it
    this.since = newest ?? this.since;
    count('loopin_retention_rows_total', { table: this.rule.table }, removed);
    return removed;
  }

  private async delete(
    tx: Transaction,
    limit: number,
  ): Promise<{ removed: number; newest: Date | null | undefined }> {
    // nobody waits for the disk: what a crash brings back the next sweep deletes again. For this transaction alone
    await sql`set local synchronous_commit = off`.execute(tx.tables());
    const table = sql.table(this.rule.table);
    const column = sql.ref(this.rule.column);
    const { rows } = await sql<{ removed: number; newest: Date | null }>`
      with gone as (
        delete from ${table}
        where ctid = any(array(
          select ctid
          from ${table}
          where ${isExpired(this.rule, this.before)}
            ${this.inOrder(column)}
          limit ${limit}
          for update skip locked
        ))
        returning ${column} as aged_at
      )
      select count(*)::int as removed, max(aged_at) as newest
      from gone`.execute(tx.tables());
    return { removed: rows[0]?.removed ?? 0, newest: rows[0]?.newest };
  }

  /** By the index: left to itself Postgres may read the table from its beginning, past all that is gone, for each batch. */
  private inOrder(column: RawBuilder<unknown>): RawBuilder<unknown> {
    if (this.rule.states !== undefined) return sql``;
    return sql`and ${column} >= ${this.since}
          order by ${column}`;
  }
}

export function isExpired({ column, states }: TableRule, before: Date): RawBuilder<unknown> {
  const ofState = states === undefined ? sql`` : sql`and state = any(${[...states]}::text[])`;
  return sql`${sql.ref(column)} < ${before} ${ofState}`;
}
