import pg from 'pg';
import type { LocalStack } from '../../tools/local/client.mts';
import type { ServerProcess } from '../harness/server-process.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { makeKey } from './api-key.mts';
import { appSpec } from './app.mts';
import { startPeer } from './peer.mts';

/** As in production: polls that wait long, and the system's clock. A developer's worker does more while it waits. */
const AS_IN_PRODUCTION = { SQS_WAIT_SECONDS: '20', CLOCK_OFFSET_FILE: undefined };

/** A stack with a receiver and endpoints that lead there, and events as transactions of ours leave them. */
export class WebhookBed {
  readonly stack: LocalStack;
  readonly receiver: ServerProcess;
  readonly #bed: TestBed;
  readonly #client: pg.Client;

  private constructor(bed: TestBed, stack: LocalStack, receiver: ServerProcess, client: pg.Client) {
    this.#bed = bed;
    this.stack = stack;
    this.receiver = receiver;
    this.#client = client;
  }

  static async prepare(bed: TestBed): Promise<WebhookBed> {
    const stack = await bed.services();
    const receiver = await startPeer(bed, { file: 'webhook-receiver', env: {}, cores: bed.cores.load });
    const client = new pg.Client({ connectionString: stack.env.LOCAL_POSTGRES_URL });
    // the stack may end first
    client.on('error', () => undefined);
    await client.connect();
    return new WebhookBed(bed, stack, receiver, client);
  }

  /** @param cores those of the server under test unless said otherwise */
  async worker(cores?: string): Promise<ServerProcess> {
    const spec = appSpec(this.stack, 'worker', { logs: 'pipe', ...(cores !== undefined && { cores }) });
    const worker = this.#bed.server({ ...spec, env: { ...spec.env, ...AS_IN_PRODUCTION } });
    await worker.listening();
    return worker;
  }

  /** Something that sends by itself, on the core of the server under test. */
  sender(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
    return startPeer(this.#bed, { file: 'webhook-sender', env: { RECEIVER: this.receiver.origin, ...env } });
  }

  /** Adds endpoints by the API. @returns their ids */
  async subscribe(paths: readonly string[]): Promise<string[]> {
    const key = makeKey(this.stack, 'endpoints:manage');
    const web = this.#bed.server(appSpec(this.stack, 'web', { cores: this.#bed.cores.load }));
    await web.listening();
    const ids: string[] = [];
    for (const one of paths) {
      const response = await fetch(`${web.origin}/v1/webhook-endpoints`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': key },
        body: JSON.stringify({ url: `${this.receiver.origin}${one}`, eventTypes: ['push.completed'] }),
      });
      if (!response.ok) throw new Error(`an endpoint: ${response.status} ${await response.text()}`);
      ids.push(((await response.json()) as { id: string }).id);
    }
    await web.stop();
    return ids;
  }

  /** One delivery each of `count` events, given to the endpoints in turn. */
  async emit(endpoints: readonly string[], count: number, body: string): Promise<void> {
    await this.#client.query(
      `with event as (
         insert into loopin.domain_events (id, type, body, occurred_at)
         select gen_random_uuid(), 'push.completed', $2, now() from generate_series(1, $3::int)
         returning id
       ), numbered as (
         select id, row_number() over () - 1 as n from event
       )
       insert into loopin.webhook_deliveries (endpoint_id, event_id, state, next_attempt_at, created_at)
       select ($1::uuid[])[1 + n % cardinality($1::uuid[])], id, 'pending', now(), now() from numbered`,
      [endpoints, body, count],
    );
  }

  /** @returns how late each came that was taken since the last time, in milliseconds */
  async seen(forget: boolean): Promise<number[]> {
    const response = await fetch(`${this.receiver.origin}/_seen${forget ? '?forget' : ''}`);
    return (await response.json()) as number[];
  }

  /** How many wait to be written as delivered. */
  async unsettled(): Promise<number> {
    const { rows } = await this.#client.query<{ count: number }>(
      "select count(*)::int as count from loopin.webhook_deliveries where state = 'pending'",
    );
    return rows[0]?.count ?? 0;
  }

  async forget(): Promise<void> {
    await this.#client.query(
      'truncate loopin.domain_events, loopin.webhook_deliveries, loopin.webhook_attempts',
    );
    await this.#client.query('vacuum analyze loopin.webhook_deliveries');
    await this.seen(true);
  }

  close(): Promise<void> {
    return this.#client.end();
  }
}
