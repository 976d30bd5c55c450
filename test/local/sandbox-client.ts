import { randomUUID } from 'node:crypto';
import type { SandboxConfig } from '../../tools/local/onesignal/config.mts';
import { type Sandbox, startSandbox } from '../../tools/local/onesignal/sandbox.mts';

/** The OneSignal sandbox in this process, with the calls that the tests make. */
export class SandboxClient {
  readonly config: SandboxConfig;
  readonly #sandbox: Sandbox;

  static async start(webhookUrl = 'http://127.0.0.1:9/nobody'): Promise<SandboxClient> {
    const config = { appId: randomUUID(), apiKey: 'os_v2_app_test', webhookUrl, webhookSecret: 'shared' };
    return new SandboxClient(config, await startSandbox(config, 0));
  }

  private constructor(config: SandboxConfig, sandbox: Sandbox) {
    this.config = config;
    this.#sandbox = sandbox;
  }

  close(): Promise<void> {
    return this.#sandbox.close();
  }

  /** `POST /notifications` with a body that breaks no rule, changed by `changes`. */
  create(changes: Record<string, unknown> = {}, init: RequestInit = {}): Promise<Response> {
    const usual = {
      app_id: this.config.appId,
      include_subscription_ids: [randomUUID()],
      target_channel: 'push',
      contents: { en: 'Your table is ready' },
      headings: { en: 'Loopin' },
    };
    return fetch(`${this.#url}/notifications?c=push`, {
      method: 'POST',
      headers: { authorization: `Key ${this.config.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...usual, ...changes }),
      ...init,
    });
  }

  async look(path: string): Promise<Record<string, unknown>[]> {
    const response = await fetch(`${this.#url}/_sandbox/${path}`);
    return (await response.json()) as Record<string, unknown>[];
  }

  async summary(): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.#url}/_sandbox/summary`);
    return (await response.json()) as Record<string, unknown>;
  }

  async put(what: 'faults' | 'settings' | 'subscriptions', body: unknown): Promise<number> {
    const { status } = await fetch(`${this.#url}/_sandbox/${what}`, {
      method: 'PUT',
      body: JSON.stringify(body),
    });
    return status;
  }

  async clear(): Promise<void> {
    await fetch(`${this.#url}/_sandbox`, { method: 'DELETE' });
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#sandbox.port}`;
  }
}
