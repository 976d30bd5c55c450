import { expectEqual, expectText, Mismatch } from './expect.mts';
import { duration } from './narrator.mts';

const TIMEOUT_MS = 15_000;

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export interface Call {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

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

/** JSON over HTTP as a phone, a server or a person with curl would speak it. */
export class Api {
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  async call(method: string, path: string, { headers, body }: Call = {}): Promise<Answer> {
    const begin = performance.now();
    const response = await fetch(`${this.#origin}${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return new Answer(`${method} ${path}`, response, parse(text), performance.now() - begin);
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
