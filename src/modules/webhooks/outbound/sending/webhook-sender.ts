import type { KeyObject } from 'node:crypto';

/** One request to a receiver. */
export interface OutgoingWebhook {
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  /** `webhook-id`: the same at every attempt. */
  readonly id: string;
  readonly body: string;
  /** Newest first; more than one while a secret is replaced. */
  readonly keys: readonly KeyObject[];
  /** Goes into `webhook-timestamp`. */
  readonly now: Date;
}

/** Why there is no answer. */
export type SendingProblem = 'timed_out' | 'unreachable' | 'address_refused' | 'interrupted';

export interface WebhookAnswer {
  /** Undefined where none came. */
  readonly status: number | undefined;
  readonly problem: SendingProblem | undefined;
  readonly latencyMs: number;
  /** The first 1024 bytes of the body. */
  readonly excerpt: Buffer | undefined;
  readonly retryAfter: string | undefined;
}

export abstract class WebhookSender {
  /** One attempt, 15 s at most; redirects are not followed. Never rejects. */
  abstract send(webhook: OutgoingWebhook): Promise<WebhookAnswer>;
  /** Ends what is under way, as `interrupted`. */
  abstract abort(): void;
}
