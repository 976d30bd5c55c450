export interface Delivery {
  readonly subscriptionId: string;
  readonly notificationId: string;
  readonly idempotencyKey: string | null;
  readonly title: string;
  readonly body: string;
}

export interface ProviderCall {
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number | null;
  readonly recipients: number;
  readonly notificationId: string | null;
  readonly idempotencyKey: string | null;
  readonly replayed: boolean;
}

/** The OneSignal sandbox of the local stack, looked at from behind. */
export class Sandbox {
  constructor(private readonly url: string) {}

  deliveries(subscriptionId?: string): Promise<Delivery[]> {
    return this.#look(
      subscriptionId === undefined ? 'deliveries' : `deliveries?subscriptionId=${subscriptionId}`,
    );
  }

  calls(): Promise<ProviderCall[]> {
    return this.#look('calls');
  }

  fault(
    mode: string,
    options: { times?: number; delayMs?: number; retryAfterSeconds?: number } = {},
  ): Promise<void> {
    return this.#put('faults', { mode, ...options });
  }

  settings(settings: { events?: boolean; eventDelayMs?: number }): Promise<void> {
    return this.#put('settings', settings);
  }

  subscriptions(states: { invalid?: readonly string[]; unsubscribed?: readonly string[] }): Promise<void> {
    return this.#put('subscriptions', states);
  }

  async clear(): Promise<void> {
    await fetch(`${this.url}/_sandbox`, { method: 'DELETE' });
  }

  async #look<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/_sandbox/${path}`);
    return (await response.json()) as T;
  }

  async #put(what: string, body: unknown): Promise<void> {
    const { ok, status } = await fetch(`${this.url}/_sandbox/${what}`, {
      method: 'PUT',
      body: JSON.stringify(body),
    });
    if (!ok) throw new Error(`the sandbox refused ${what}: ${status}`);
  }
}
