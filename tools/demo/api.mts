import createClient, { type Client } from 'openapi-fetch';
import type { paths } from '../../.generated/api.d.ts';
import { expectEqual, expectText, Mismatch } from './expect.mts';
import { duration } from './narrator.mts';

const TIMEOUT_MS = 15_000;

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** One answer, with the call that led to it. */
export class Answer {
  readonly name: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly milliseconds: number;

  constructor(name: string, response: Response, body: unknown, milliseconds: number) {
    this.name = name;
    this.status = response.status;
    this.headers = response.headers;
    this.body = body;
    this.milliseconds = milliseconds;
  }

  /** @throws Mismatch, with the whole body, on any other status. */
  expectStatus(status: number): this {
    if (this.status !== status) {
      throw new Mismatch(this.name, `status ${status}`, `status ${this.status} ${JSON.stringify(this.body)}`);
    }
    expectEqual(this.name, this.status, status);
    return this;
  }

  /** A value inside the body: `read('user.id')`; undefined where there is none. */
  read(path: string): unknown {
    return path
      .split('.')
      .reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), this.body);
  }

  /** @throws Mismatch unless the body has a text there. */
  text(path: string, pattern = /./): string {
    return expectText(`${this.name}: ${path}`, this.read(path), pattern);
  }

  /** `POST /v1/auth/login → 200 in 23 ms`. */
  get line(): string {
    return `${this.name} → ${this.status} in ${duration(this.milliseconds)}`;
  }
}

/** JSON over HTTP as a person with curl would speak it: to the sandboxes, which have no document. */
export class Api {
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  async get(path: string): Promise<Answer> {
    const begin = performance.now();
    const response = await fetch(`${this.#origin}${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    return new Answer(`GET ${path}`, response, parse(text), performance.now() - begin);
  }
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The backend, as the client sees it whose types `npm run openapi` makes from the API's own document. */
export type Backend = Client<paths>;

interface Taken {
  readonly name: string;
  readonly milliseconds: number;
}

const taken = new WeakMap<Response, Taken>();

export const backendAt = (origin: string): Backend =>
  createClient<paths>({ baseUrl: origin, fetch: timedFetch });

/** What a call of the client brought, whatever its status. */
export async function answerTo(
  call: Promise<{ readonly data?: unknown; readonly error?: unknown; readonly response: Response }>,
): Promise<Answer> {
  const { data, error, response } = await call;
  const { name = response.url, milliseconds = 0 } = taken.get(response) ?? {};
  return new Answer(name, response, data ?? error, milliseconds);
}

async function timedFetch(request: Request): Promise<Response> {
  const begin = performance.now();
  const response = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const name = `${request.method} ${new URL(request.url).pathname}`;
  taken.set(response, { name, milliseconds: performance.now() - begin });
  return response;
}
