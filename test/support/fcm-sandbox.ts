export interface FcmAttempt {
  readonly token: string;
  readonly title: string;
  readonly body: string;
  readonly data: Readonly<Record<string, string>>;
  readonly collapseId: string | null;
  readonly shows: boolean;
}

export interface FcmVisible {
  readonly token: string;
  readonly collapseId: string | null;
  readonly title: string;
  readonly attempts: number;
}

export interface FcmCall {
  readonly httpVersion: string;
  readonly requestId: string | null;
  readonly token: string | null;
  readonly status: number | null;
}

export interface FcmSummary {
  readonly calls: number;
  readonly attempts: number;
  readonly visible: number;
  readonly accessTokens: number;
  readonly secureConnections: number;
}

export interface FaultOptions {
  readonly times?: number;
  readonly delayMs?: number;
  readonly retryAfterSeconds?: number;
}

/** The FCM sandbox of the local stack, looked at from behind. */
export class FcmSandbox {
  constructor(private readonly url: string) {}

  attempts(token?: string): Promise<FcmAttempt[]> {
    return this.#look(token === undefined ? 'attempts' : `attempts?token=${encodeURIComponent(token)}`);
  }

  visible(token?: string): Promise<FcmVisible[]> {
    return this.#look(token === undefined ? 'visible' : `visible?token=${encodeURIComponent(token)}`);
  }

  calls(): Promise<FcmCall[]> {
    return this.#look('calls');
  }

  summary(): Promise<FcmSummary> {
    return this.#look('summary');
  }

  fault(mode: string, options: FaultOptions = {}): Promise<void> {
    return this.#change('PUT', '/faults', { mode, ...options });
  }

  /** Of the token endpoint. */
  tokenFault(mode: string, options: FaultOptions = {}): Promise<void> {
    return this.#change('PUT', '/token-faults', { mode, ...options });
  }

  /** What is answered for these registration tokens from now on, by error code. */
  refuse(tokens: Readonly<Record<string, readonly string[]>>): Promise<void> {
    return this.#change('PUT', '/tokens', tokens);
  }

  settings(settings: { latencyMs?: number; tokenSeconds?: number }): Promise<void> {
    return this.#change('PUT', '/settings', settings);
  }

  expireAccessTokens(): Promise<void> {
    return this.#change('DELETE', '/access-tokens');
  }

  clear(): Promise<void> {
    return this.#change('DELETE', '');
  }

  async #look<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/_sandbox/${path}`);
    return (await response.json()) as T;
  }

  async #change(method: string, path: string, body?: unknown): Promise<void> {
    const { ok, status } = await fetch(`${this.url}/_sandbox${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!ok) throw new Error(`the FCM sandbox refused ${method} ${path}: ${status}`);
  }
}
