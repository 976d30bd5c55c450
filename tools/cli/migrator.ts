import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { connectionOptions } from '../../src/platform/database/connection-options';

/** Any number that nothing else in this database uses. */
const ADVISORY_LOCK = 7_301_500_001;
/** A change that waits for a long transaction holds up everybody behind it: it gives up, and is tried again. */
const LOCK_TIMEOUT = '5s';
const FILE_NAME = /^(\d{14})_(.+)\.sql$/;

interface Migration {
  readonly version: string;
  readonly name: string;
  readonly sql: string;
}

/**
 * Applies what is not applied yet, in order, each file in a transaction of its own, and records it where the
 * Supabase CLI does. An advisory lock makes a second migrator wait.
 * @returns the names that were applied now
 */
export async function migrate(
  connection: { url: string; ca?: string | undefined; tls: boolean },
  folder: string,
): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = new Client(connectionOptions(connection));
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]);
    await ensureHistory(client);
    await client.query(`set lock_timeout = '${LOCK_TIMEOUT}'`);
    const missing = missingFrom(await appliedMigrations(client), migrations);
    for (const migration of missing) await apply(client, migration);
    return missing.map((migration) => `${migration.version}_${migration.name}`);
  } finally {
    await client.end();
  }
}

async function appliedMigrations(client: Client): Promise<ReadonlyMap<string, string | undefined>> {
  const { rows } = await client.query<{ version: string; statements: string[] | null }>(
    'select version, statements from supabase_migrations.schema_migrations',
  );
  return new Map(rows.map((row) => [row.version, row.statements?.join(';')]));
}

/** Append-only: a file is never older than what is applied, and never changes afterwards. */
function missingFrom(
  applied: ReadonlyMap<string, string | undefined>,
  files: readonly Migration[],
): Migration[] {
  const newest = [...applied.keys()].sort().at(-1) ?? '';
  return files.filter(({ version, name, sql }) => {
    if (!applied.has(version)) {
      if (version < newest) throw new Error(`${version}_${name} is older than ${newest}, which is applied`);
      return true;
    }
    const recorded = applied.get(version);
    // the Supabase CLI records statements one by one, which can't be compared with the file
    if (recorded?.startsWith('--') && recorded !== sql) {
      throw new Error(`${version}_${name} was changed after it was applied: write a new migration`);
    }
    return false;
  });
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file) => {
      const [, version, name] = FILE_NAME.exec(file) ?? [];
      if (version === undefined || name === undefined)
        throw new Error(`${file} is not <timestamp>_<name>.sql`);
      return { version, name, sql: await readFile(path.join(folder, file), 'utf8') };
    }),
  );
}

/** The Supabase CLI's own table, so that `supabase db push` agrees. */
async function ensureHistory(client: Client): Promise<void> {
  await client.query('create schema if not exists supabase_migrations');
  await client.query(`
    create table if not exists supabase_migrations.schema_migrations (
      version text primary key,
      statements text[],
      name text
    )`);
}

async function apply(client: Client, { version, name, sql }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query(
      'insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)',
      [version, name, [sql]],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`migration ${version}_${name} failed and was rolled back: ${reason}`);
  }
}
