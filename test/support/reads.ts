import { sql } from 'kysely';
import type { Database } from '../../src/platform/database/database';
import { range } from './concurrently';
import type { Services } from './services';

/** Reads of whole tables, and rows and entries of indexes that were read. */
export interface Reads {
  readonly scans: number;
  readonly rows: number;
}

/** What Postgres itself has counted so far of these tables of `loopin`, whoever read them. */
export async function readsOf(
  tables: readonly string[],
  services: Services,
  database: Database,
): Promise<Reads> {
  // each connection keeps its own account for a while
  const flush = sql`select pg_stat_force_next_flush()`;
  await Promise.all(range(8).map(() => flush.execute(database.tables())));
  await Promise.all(range(4).map(() => database.transaction((tx) => flush.execute(tx.tables()))));
  await services.sql('select pg_stat_force_next_flush()');
  const [row] = await services.sql<{ scans: number; rows: number }>(
    `select sum(t.seq_scan)::int as scans, sum(t.seq_tup_read + i.entries)::int as rows
     from pg_stat_user_tables t
     cross join lateral (
       select sum(greatest(x.idx_tup_read, x.idx_tup_fetch)) as entries
       from pg_stat_user_indexes x
       where x.relid = t.relid
     ) i
     where t.relid = any(array(select ('loopin.' || name)::regclass::oid from unnest($1::text[]) name))`,
    [tables],
  );
  return row ?? { scans: Number.NaN, rows: Number.NaN };
}
