import pg from 'pg';

/** The next statement mostly follows at once; after a file's last one no connection is left for long. */
const IDLE_MS = 500;

const pools = new Map<string | undefined, pg.Pool>();

/** One statement, on none of the connections of what is tested: tests look at the tables as somebody else. */
export async function sql<Row extends pg.QueryResultRow>(
  connectionString: string | undefined,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return (await poolOf(connectionString).query<Row>(text, [...values])).rows;
}

function poolOf(connectionString: string | undefined): pg.Pool {
  const known = pools.get(connectionString);
  if (known) return known;
  const pool = new pg.Pool({ connectionString, idleTimeoutMillis: IDLE_MS, allowExitOnIdle: true });
  // a Postgres that is killed takes idle connections along
  pool.on('error', () => undefined);
  pools.set(connectionString, pool);
  return pool;
}
