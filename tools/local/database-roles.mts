import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { DATABASE } from './environment.mts';
import { LocalStackError, messageOf } from './failure.mts';
import { LOOPBACK, type Ports } from './ports.mts';
import type { Secrets } from './secrets.mts';

/** The roles of a hosted Supabase project that our migrations name. */
const SUPABASE_ROLES = ['anon', 'authenticated', 'service_role'];

/**
 * Makes the database what a new Supabase project is, adds our roles by `supabase/roles.sql`, and lets them log in.
 * @throws LocalStackError with what Postgres says about `roles.sql`.
 */
export async function prepareRoles(root: string, ports: Ports, secrets: Secrets): Promise<void> {
  const file = path.join(root, 'supabase/roles.sql');
  const client = new pg.Client({
    host: LOOPBACK,
    port: ports.postgres,
    user: 'postgres',
    password: secrets.postgresPassword,
    database: DATABASE,
  });
  await client.connect();
  try {
    for (const role of SUPABASE_ROLES) await createRole(client, role);
    if (!existsSync(file)) return;
    await client.query(readFileSync(file, 'utf8'));
    await client.query(`alter role loopin_owner login password '${secrets.ownerPassword}'`);
    await client.query(`alter role loopin_app login password '${secrets.appPassword}'`);
  } catch (error) {
    throw new LocalStackError(`Postgres refuses supabase/roles.sql: ${messageOf(error)}`);
  } finally {
    await client.end();
  }
}

async function createRole(client: pg.Client, role: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  if (rowCount === 0) await client.query(`create role ${role} nologin`);
}
