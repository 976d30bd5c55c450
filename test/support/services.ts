import type { SQS } from '@aws-sdk/client-sqs';
import { connectionOptions } from '../../src/platform/database/connection-options';
import { Database } from '../../src/platform/database/database';
import { Shutdown } from '../../src/platform/lifecycle/shutdown';
import { connectRedis } from '../../src/platform/redis/redis-client';
import { SqsEventQueue } from '../../src/platform/sqs/sqs.event-queue';
import { migrate } from '../../tools/cli/migrator';
import { type LocalStack, startLocalStack } from '../../tools/local/client.mts';
import { MIGRATIONS, ROOT } from './program';
import { leaseServices, sqsClient } from './shared-services';
import { sql } from './sql';

const PATIENT_MS = 10_000;

/** The services of a local stack without web and worker, and our own adapters on them. */
export class Services {
  readonly shutdown = new Shutdown();
  readonly #impatience: (() => void)[] = [];

  /**
   * The shared services of this jest process, as if they were new, or services of its own while those are in use.
   * What is killed or stopped is whole again for the next.
   */
  static async start(options: { migrated?: boolean } = {}): Promise<Services> {
    const migrated = options.migrated !== false;
    const lease = await leaseServices(migrated ? 'migrated' : 'bare');
    if (lease) return new Services(lease.local, lease.env, async () => lease.release());
    const local = await startLocalStack({ root: ROOT, servicesOnly: true });
    const services = new Services(local, local.env, () => local.stop());
    if (migrated) await migrate(services.owner, MIGRATIONS);
    return services;
  }

  private constructor(
    readonly local: LocalStack,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly giveBack: () => Promise<void>,
  ) {}

  /** Kills it, or lets it hang; commands have the time-out of production from now on. */
  takeRedisAway(signal: 'SIGKILL' | 'SIGSTOP'): void {
    for (const bePatientNoMore of this.#impatience) bePatientNoMore();
    process.kill(this.local.pid('redis'), signal);
  }

  /** Closes what was opened, then gives the services back. */
  async stop(): Promise<void> {
    await this.shutdown.onApplicationShutdown();
    await this.giveBack();
  }

  get owner() {
    return { url: this.env('DATABASE_OWNER_URL'), tls: false };
  }

  env(name: string): string {
    const value = this.environment[name];
    if (value === undefined) throw new Error(`the stack has no ${name}`);
    return value;
  }

  /** As loopin_app. */
  database(poolMax = 4): Database {
    const options = connectionOptions({ url: this.env('DATABASE_URL'), tls: false });
    const database = new Database({ ...options, poolMax });
    this.shutdown.onClose(() => database.close());
    return database;
  }

  /** Its commands may take long, so that a busy machine is no Redis that hangs; until `takeRedisAway`. */
  redis() {
    const redis = connectRedis(this.env('REDIS_URL'));
    const { commandTimeout } = redis.options;
    this.#impatience.push(() => Object.assign(redis.options, { commandTimeout }));
    redis.options.commandTimeout = PATIENT_MS;
    this.shutdown.onClose(() => redis.disconnect());
    return redis;
  }

  eventQueue(): SqsEventQueue {
    return new SqsEventQueue(async () => this.sqs(), this.queueUrls());
  }

  queueUrls() {
    return {
      'push-notifications': this.env('SQS_PUSH_QUEUE_URL'),
      'webhook-events': this.env('SQS_WEBHOOK_QUEUE_URL'),
      'background-jobs': this.env('SQS_JOBS_QUEUE_URL'),
    };
  }

  sqs(): SQS {
    const client = sqsClient(this.environment);
    this.shutdown.onClose(() => client.destroy());
    return client;
  }

  /** A statement as the superuser. */
  sql<Row extends Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return sql<Row>(this.env('LOCAL_POSTGRES_URL'), text, values);
  }
}
