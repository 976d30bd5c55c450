import { Pool } from 'undici';
import type { PlannedRequest } from './load-messages.mts';

const TIMEOUT_MS = 15_000;

/** One call: its answer, and how long it took from the moment it was due. */
export interface Call {
  /** 0 when there was no answer within 15 s. */
  readonly status: number;
  readonly milliseconds: number;
  readonly body: string;
}

/** Calls one server, each call timed. It never throws for an answer, nor for want of one. */
export class Caller {
  readonly #pool: Pool;

  constructor(origin: string, connections: number) {
    const timeouts = { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS };
    this.#pool = new Pool(origin, { connections, pipelining: 1, ...timeouts });
  }

  async call(request: PlannedRequest, dueAt = performance.now()): Promise<Call> {
    const { status, body } = await this.#answer(request);
    return { status, body, milliseconds: performance.now() - dueAt };
  }

  /** @throws Error for any other status than 2xx */
  async expect(request: PlannedRequest): Promise<Call> {
    const answer = await this.call(request);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw new Error(`${request.method} ${request.path} says ${answer.status} ${answer.body}`);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #answer({ method, path, headers, body }: PlannedRequest): Promise<{ status: number; body: string }> {
    try {
      const answer = await this.#pool.request({ method, path, headers, body: body ?? null });
      return { status: answer.statusCode, body: await answer.body.text() };
    } catch (error) {
      return { status: 0, body: String(error) };
    }
  }
}

/** A request with a JSON body. */
export const post = (path: string, body: unknown): PlannedRequest => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** A read by somebody who is signed in. */
export const readAs = (accessToken: string, path: string): PlannedRequest => ({
  method: 'GET',
  path,
  headers: { authorization: `Bearer ${accessToken}` },
});
