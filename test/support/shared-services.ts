import { CreateQueueCommand, GetQueueAttributesCommand, SQS, type SQSClient } from '@aws-sdk/client-sqs';
import pg from 'pg';
import { migrate } from '../../tools/cli/migrator';
import type { LocalStack } from '../../tools/local/client.mts';
import { accepts } from '../../tools/local/probe.mts';
import { FcmSandbox } from './fcm-sandbox';
import { MIGRATIONS } from './program';
import { Sandbox } from './sandbox';
import { SharedStack } from './shared-stack';

type Environment = Readonly<Record<string, string>>;

export interface Lease {
  readonly local: LocalStack;
  /** That of the stack, with queues that nobody else has had. */
  readonly env: Environment;
  release(): void;
}

/** How the database looks: as Postgres made it, or with every migration. */
export type Look = 'bare' | 'migrated';

const DATABASE = 'postgres';
/** Connections that make and drop databases are to another one. */
const MAINTENANCE = 'template1';
const QUEUES = ['SQS_PUSH_QUEUE_URL', 'SQS_WEBHOOK_QUEUE_URL', 'SQS_JOBS_QUEUE_URL'];

/**
 * The shared services, as if they were just started, for one user. A stack in which the user before has broken
 * something is replaced. Undefined while somebody has it.
 */
export async function leaseServices(look: Look): Promise<Lease | undefined> {
  const shared = new SharedStack('services');
  if (!shared.lease()) return undefined;
  const release = () => shared.release();
  try {
    const running = shared.running();
    const asNew = running && (await likeNew(running, look).catch(() => undefined));
    if (running && asNew) return { local: running, env: asNew, release };
    await shared.end();
    const local = await shared.start();
    return { local, env: await likeNew(local, look), release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Its environment. @throws Error when one of the services does not do its part */
async function likeNew(local: LocalStack, look: Look): Promise<Environment> {
  const { ports } = local;
  if (!(await accepts(ports.redis, 'FLUSHALL\r\n', '+OK'))) throw new Error('Redis was not emptied');
  const mailbox = `http://127.0.0.1:${ports.mailbox}`;
  const [queues] = await Promise.all([
    newQueues(local.env),
    newDatabase(local, look),
    new Sandbox(`http://127.0.0.1:${ports.onesignal}`).clear(),
    new FcmSandbox(`http://127.0.0.1:${ports.fcm}`).clear(),
    fetch(`${mailbox}/messages`, { method: 'DELETE' }),
    fetch(`${mailbox}/hibp/fault`, { method: 'PUT', body: '{}' }),
  ]);
  return { ...local.env, ...queues };
}

/** A copy of a database that was prepared once per stack, under the name of the one before. */
async function newDatabase(local: LocalStack, look: Look): Promise<void> {
  const url = new URL(local.env.LOCAL_POSTGRES_URL ?? '');
  url.pathname = MAINTENANCE;
  const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_database where datname = 'migrated'");
    if (rowCount === 0) await prepareLooks(client, local);
    await client.query(`drop database if exists ${DATABASE} with (force)`);
    await client.query(`create database ${DATABASE} template ${look}`);
    // rights on a database are not copied with it; supabase/roles.sql gives this one
    await client.query(`grant create on database ${DATABASE} to loopin_owner`);
  } finally {
    await client.end();
  }
}

async function prepareLooks(client: pg.Client, { env }: LocalStack): Promise<void> {
  await client.query(`create database bare template ${DATABASE}`);
  await migrate({ url: env.DATABASE_OWNER_URL ?? '', tls: false }, MIGRATIONS);
  await client.query(`create database migrated template ${DATABASE}`);
}

/**
 * Queues like those of the stack under names of their own, so that a poll which somebody has left behind takes nothing.
 */
async function newQueues(env: Environment): Promise<Environment> {
  const suffix = `-${Date.now()}`;
  const client = sqsClient(env);
  try {
    const made = QUEUES.map((name) => newQueue(client, env[name] ?? '', suffix));
    return Object.fromEntries((await Promise.all(made)).map((url, index) => [QUEUES[index], url]));
  } finally {
    client.destroy();
  }
}

async function newQueue(client: SQSClient, like: string, suffix: string): Promise<string> {
  const name = (url: string) => url.slice(url.lastIndexOf('/') + 1);
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: like, AttributeNames: ['VisibilityTimeout', 'RedrivePolicy'] }),
  );
  const RedrivePolicy = Attributes.RedrivePolicy?.replace(`${name(like)}-dlq`, `${name(like)}${suffix}-dlq`);
  await client.send(new CreateQueueCommand({ QueueName: `${name(like)}${suffix}-dlq` }));
  const made = await client.send(
    new CreateQueueCommand({
      QueueName: `${name(like)}${suffix}`,
      Attributes: { ...Attributes, ...(RedrivePolicy && { RedrivePolicy }) },
    }),
  );
  return made.QueueUrl ?? '';
}

/** For the queues of a stack. */
export function sqsClient(env: Environment): SQS {
  const credentials = {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
  };
  return new SQS({ endpoint: env.SQS_ENDPOINT ?? '', region: env.AWS_REGION ?? '', credentials });
}
