import { randomUUID } from 'node:crypto';
import type { LocalStack } from '../../tools/local/client.mts';
import type { ServerProcess } from '../harness/server-process.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { makeKey } from './api-key.mts';
import { appSpec } from './app.mts';
import { Rows } from './fanout-rows.mts';

export const RECIPIENTS = 100_000;
/** Long enough for the start's memory to be given back. */
export const IDLE_MS = 5_000;

interface Summary {
  readonly calls: number;
  readonly notifications: number;
  readonly deliveries: number;
  readonly recipients: number;
  readonly repeated: number;
}

/** A stack of which every part may use every core, with people in it, a web process that takes notifications, and the provider's sandbox to look at. */
export class FanoutBed {
  readonly #bed: TestBed;
  readonly stack: LocalStack;
  readonly rows: Rows;
  readonly #apiKey: string;

  private constructor(bed: TestBed, stack: LocalStack, rows: Rows, apiKey: string) {
    this.#bed = bed;
    this.stack = stack;
    this.rows = rows;
    this.#apiKey = apiKey;
  }

  static async prepare(bed: TestBed, sets: Readonly<Record<string, number>>): Promise<FanoutBed> {
    const stack = await bed.services({}, bed.cores.all);
    const rows = await Rows.open(stack.env.LOCAL_POSTGRES_URL);
    for (const [set, count] of Object.entries(sets)) {
      bed.say(`${count} people`);
      await rows.people(set, count);
    }
    const web = bed.server(appSpec(stack, 'web', { cores: bed.cores.all }));
    await web.listening();
    const fanout = new FanoutBed(bed, stack, rows, makeKey(stack, 'push:send'));
    await fanout.quiet();
    return fanout;
  }

  /** Forgets what was delivered; nobody confirms anything. */
  async quiet(): Promise<void> {
    await this.#sandbox('DELETE', '');
    await this.#sandbox('PUT', '/settings', { events: false });
  }

  async summary(): Promise<Summary> {
    return (await this.#sandbox('GET', '/summary')).json() as Promise<Summary>;
  }

  get coreCount(): number {
    return this.#bed.cores.count;
  }

  get provider(): string {
    return `http://127.0.0.1:${this.stack.ports.onesignal}`;
  }

  /** On all cores, as in a task of its own. @param port another one for a second worker */
  async worker(port = this.stack.ports.worker): Promise<ServerProcess> {
    const spec = appSpec(this.stack, 'worker', { cores: this.#bed.cores.all });
    const worker = this.#bed.server({ ...spec, port, env: { ...spec.env, PORT: String(port) } });
    await worker.listening();
    return worker;
  }

  /** @returns its id, and how long the answer took */
  async send(topic: string, title: string): Promise<{ id: string; milliseconds: number }> {
    const begin = performance.now();
    const response = await fetch(`${this.stack.url}/v1/push/notifications`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-api-key': this.#apiKey,
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify({ audience: { topics: [topic] }, content: { title, body: 'From the bench' } }),
    });
    const text = await response.text();
    if (response.status !== 202) throw new Error(`create says ${response.status} ${text}`);
    return { id: (JSON.parse(text) as { id: string }).id, milliseconds: performance.now() - begin };
  }

  async #sandbox(method: string, what: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${this.provider}/_sandbox${what}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the sandbox says ${response.status} to ${method} ${what}`);
    return response;
  }
}
