/** An HTTP answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** The body as JSON. @throws SyntaxError when it is none */
  json<T>(): T;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly { path: string; message: string }[];
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is; the content type has to be among the headers. */
  readonly rawBody?: string | Uint8Array<ArrayBuffer>;
}

const TIMEOUT_MS = 30_000;

/** Calls one server. Never throws for a status. */
export class Api {
  constructor(readonly url: string) {}

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.request('GET', path, { headers });
  }

  post(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.request('POST', path, { headers, body });
  }

  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const { body, rawBody = body === undefined ? null : JSON.stringify(body) } = options;
    const begin = performance.now();
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...options.headers },
      body: rawBody,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      durationMs: performance.now() - begin,
      json: <T>() => JSON.parse(text) as T,
    };
  }
}

/** The answer, if it has this status. @throws Error with the whole answer otherwise */
export function expectStatus(answer: Answer, ...statuses: readonly number[]): Answer {
  if (statuses.includes(answer.status)) return answer;
  throw new Error(`expected ${statuses.join(' or ')}, got ${answer.status}: ${answer.text}`);
}
