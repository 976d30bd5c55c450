import { randomUUID } from 'node:crypto';
import { type Answer, Api, expectStatus } from './api';
import { waitFor } from './wait-for';

export interface NotificationView {
  readonly id: string;
  readonly status: string;
  readonly recipients: number | null;
  readonly provider: string | null;
  readonly createdAt: string;
  readonly completedAt: string | null;
  readonly counts: {
    readonly targeted: number;
    readonly pending: number;
    readonly suppressed: number;
    readonly sent: number;
    readonly delivered: number | null;
    readonly failed: number;
    readonly invalidToken: number;
  };
}

/** A server of the product's owner: it sends notifications by an API key. */
export class Operator {
  readonly api: Api;

  constructor(
    url: string,
    readonly apiKey: string,
  ) {
    this.api = new Api(url);
  }

  /** The body of a notification to one device. */
  static notification(deviceId: string, content: unknown = { title: 'Hello', body: 'from the test' }) {
    return { audience: { devices: [deviceId] }, content };
  }

  create(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.api.post('/v1/push/notifications', body, {
      'x-api-key': this.apiKey,
      'idempotency-key': randomUUID(),
      ...headers,
    });
  }

  get(id: string): Promise<Answer> {
    return this.api.get(`/v1/push/notifications/${id}`, { 'x-api-key': this.apiKey });
  }

  /** Creates one and returns its id. */
  async send(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    return expectStatus(await this.create(body, headers), 202).json<{ id: string }>().id;
  }

  /** The notification once `is` says so of it. */
  async waitUntil(
    id: string,
    is: (view: NotificationView) => boolean,
    boundMs = 45_000,
  ): Promise<NotificationView> {
    return waitFor(
      `notification ${id}`,
      async () => {
        const view = expectStatus(await this.get(id), 200).json<NotificationView>();
        if (!is(view)) throw new Error(JSON.stringify(view));
        return view;
      },
      boundMs,
    );
  }
}
