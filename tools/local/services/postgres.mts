import path from 'node:path';
import pg from 'pg';
import { Child } from '../child.mts';
import { LOOPBACK } from '../ports.mts';
import { PROBE_TIMEOUT_MS } from '../probe.mts';
import { dataFolder, initialise } from './postgres-data.mts';
import { postgresPrograms } from './postgres-programs.mts';
import { type PostgresUser, postgresUser } from './postgres-user.mts';
import { disownDeadPostmaster } from './postmaster-file.mts';
import type { Service, ServiceContext } from './service.mts';

/** The data survives the death of any process, not of the machine: that is enough here, and much faster. */
const SETTINGS = {
  listen_addresses: LOOPBACK,
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

interface Plan {
  readonly programs: string;
  readonly data: string;
  readonly user: PostgresUser;
}

/** Postgres 17 out of an npm package, with passwords by SCRAM. */
export function postgresService(): Service {
  let plan: Plan | undefined;
  return {
    name: 'postgres',
    // Postgres calls it "fast shutdown": it does not wait for its clients.
    stopSignal: 'SIGINT',
    async prepare(context) {
      plan = await makePlan(context);
    },
    spawn(context) {
      if (!plan) throw new Error('prepare() comes first');
      return spawnPostgres(context, plan);
    },
    isReady: (context) => answers(context),
  };
}

async function makePlan({ root, state, secrets }: ServiceContext): Promise<Plan> {
  const user = postgresUser(path.join(state, 'postgres'));
  const programs = await postgresPrograms(root, user);
  const data = dataFolder(state, secrets, user);
  await initialise(programs, data, secrets.postgresPassword, user);
  disownDeadPostmaster(data);
  return { programs, data, user };
}

function spawnPostgres({ ports, openLog }: ServiceContext, { programs, data, user }: Plan): Child {
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openLog('postgres');
  const args = ['-D', data, '-p', String(ports.postgres), ...settings];
  return new Child('postgres', path.join(programs, 'bin/postgres'), args, {
    ...user,
    cwd: '/',
    stdio: ['ignore', log, log],
  });
}

async function answers({ ports, secrets }: ServiceContext): Promise<boolean> {
  const client = new pg.Client({
    host: LOOPBACK,
    port: ports.postgres,
    user: 'postgres',
    password: secrets.postgresPassword,
    database: 'postgres',
    connectionTimeoutMillis: PROBE_TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}
