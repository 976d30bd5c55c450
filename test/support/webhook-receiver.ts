import { once } from 'node:events';
import http, { type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from './wait-for';

export interface ReceivedWebhook {
  readonly path: string;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

type Reply = (response: ServerResponse, webhook: ReceivedWebhook) => void;

const NO_CONTENT: Reply = (response) => response.writeHead(204).end();

/** Somebody who subscribes: keeps what comes, and answers as a test wants. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  readonly #replies = new Map<string, Reply>();
  readonly #server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url: path = '/', headers } = request;
      const body = Buffer.concat(chunks).toString();
      const webhook = { path, headers, body, id: String(headers['webhook-id']), at: performance.now() };
      this.received.push(webhook);
      (this.#replies.get(path) ?? NO_CONTENT)(response, webhook);
    });
  });

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** How a path answers from now on; 204 unless said otherwise. */
  reply(path: string, reply: Reply | number): void {
    const status: Reply = (response) => response.writeHead(Number(reply)).end();
    this.#replies.set(path, typeof reply === 'number' ? status : reply);
  }

  at(path: string): ReceivedWebhook[] {
    return this.received.filter((webhook) => webhook.path === path);
  }

  /** So many that came to a path. */
  wait(path: string, count = 1, boundMs = 20_000): Promise<ReceivedWebhook[]> {
    return waitFor(
      `${count} webhooks at ${path}`,
      () => (this.at(path).length >= count ? this.at(path) : undefined),
      boundMs,
    );
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
