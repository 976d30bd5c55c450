import { type RawBuilder, sql } from 'kysely';
import type { ArchivedColumn, ArchivedTable } from '../../platform/database/archived-table';
import type { Transaction } from '../../platform/database/transaction';
import type { ArchivedRow } from './archive.store';
import { endOf, type Month, startOf } from './month';

interface PageOptions {
  readonly month: Month;
  /** The last row of the page before. */
  readonly after: ArchivedRow | undefined;
  readonly limit: number;
}

/** A month as a condition on the tables in `from`. */
export const isIn = (table: ArchivedTable, month: Month): RawBuilder<unknown> => {
  const time = sql.raw(table.time);
  return sql`${time} >= ${startOf(month)} and ${time} < ${endOf(month)}`;
};

/**
 * The next rows of a month. Where two tables are joined those beside the last row come first, then those behind it: each
 * part begins where its index says, while one condition for both would read again all that was read before.
 */
export async function pageOf(
  tx: Transaction,
  table: ArchivedTable,
  { month, after, limit }: PageOptions,
): Promise<ArchivedRow[]> {
  await sql`set local timezone to 'UTC'`.execute(tx.tables());
  const within = isIn(table, month);
  if (after === undefined) return select(tx, table, within, limit);
  const beside = await besideOf(tx, table, { month, after, limit });
  if (beside.length === limit) return beside;
  const behind = sql`${within} and ${isBehind(columnsOf(table, table.order), after)}`;
  return [...beside, ...(await select(tx, table, behind, limit - beside.length))];
}

async function besideOf(
  tx: Transaction,
  table: ArchivedTable,
  { month, after, limit }: PageOptions & { readonly after: ArchivedRow },
): Promise<ArchivedRow[]> {
  if (table.orderWithin === undefined) return [];
  const isBeside = columnsOf(table, table.order).map(
    (column) => sql`${sql.raw(column.sql)} = ${boundOf(column, after)}`,
  );
  const isNext = isBehind(columnsOf(table, table.orderWithin), after);
  const condition = sql.join([isIn(table, month), ...isBeside, isNext], sql` and `);
  return select(tx, table, condition, limit);
}

async function select(
  tx: Transaction,
  table: ArchivedTable,
  condition: RawBuilder<unknown>,
  limit: number,
): Promise<ArchivedRow[]> {
  const selected = table.columns.map((column) => sql`${sql.raw(column.sql)} as ${sql.ref(column.name)}`);
  const order = columnsOf(table, [...table.order, ...(table.orderWithin ?? [])]);
  const { rows } = await sql<{ row: ArchivedRow }>`
    select row_to_json(r) as row
    from (
      select ${sql.join(selected)}
      from ${sql.raw(table.from)}
      where ${condition}
      order by ${sql.join(order.map((column) => sql.raw(column.sql)))}
      limit ${limit}
    ) r`.execute(tx.tables());
  return rows.map(({ row }) => row);
}

function isBehind(order: readonly ArchivedColumn[], after: ArchivedRow): RawBuilder<unknown> {
  const columns = order.map((column) => sql.raw(column.sql));
  const values = order.map((column) => boundOf(column, after));
  return sql`(${sql.join(columns)}) > (${sql.join(values)})`;
}

const boundOf = ({ name, type }: ArchivedColumn, row: ArchivedRow): RawBuilder<unknown> =>
  sql`${String(row[name])}::text::${sql.raw(type)}`;

function columnsOf(table: ArchivedTable, names: readonly string[]): ArchivedColumn[] {
  return names.map((name) => {
    const column = table.columns.find((one) => one.name === name);
    if (column === undefined) throw new Error(`${table.name} is ordered by ${name}, which is not archived`);
    return column;
  });
}
