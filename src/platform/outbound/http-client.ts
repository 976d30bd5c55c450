import type { Agent, Dispatcher } from 'undici';
import { FirstUse } from '../../shared/first-use';

export interface HttpClientOptions {
  /** For the connection, and again for the whole answer. */
  readonly timeoutMs: number;
  /** A longer answer fails. */
  readonly maxBytes: number;
  /** For each origin; no bound unless said otherwise. */
  readonly connections?: number;
}

export interface HttpRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Short requests to others, over kept connections. undici's hundred files are loaded by the first of them: a start
 * should not wait for what nobody may ask for.
 */
export class HttpClient {
  private readonly agent = new FirstUse(() => this.open());

  constructor(private readonly options: HttpClientOptions) {}

  /** @throws Error without an answer in time; its name or code says why */
  async send(url: string, request: HttpRequest = {}): Promise<HttpAnswer> {
    const agent = await this.agent.get();
    const { origin, pathname, search } = new URL(url);
    const options: Dispatcher.RequestOptions = {
      method: 'GET',
      ...request,
      origin,
      path: `${pathname}${search}`,
      signal: AbortSignal.timeout(this.options.timeoutMs),
    };
    const { statusCode, body } = await agent.request(options);
    return { status: statusCode, text: await body.text() };
  }

  /** What is under way fails. */
  destroy(): Promise<void> {
    return this.agent.close((agent) => agent.destroy());
  }

  private async open(): Promise<Agent> {
    const { Agent } = await import('undici');
    const { timeoutMs, maxBytes, connections = null } = this.options;
    return new Agent({ connect: { timeout: timeoutMs }, maxResponseSize: maxBytes, connections });
  }
}
