import type { Transaction } from '../../platform/database/transaction';
import type { WebhookEventId } from '../../shared/ids';

export interface NewWebhookEvent {
  readonly id: WebhookEventId;
  readonly source: string;
  readonly providerEventId: string;
  readonly bodyHash: Buffer;
  readonly type: string;
  readonly bodySealed: Buffer;
}

export interface WebhookEvent {
  readonly id: WebhookEventId;
  readonly source: string;
  readonly type: string;
  readonly bodySealed: Buffer;
}

/** Events as they came in, stored before they are acknowledged. */
export abstract class WebhookEventStore {
  /** @returns the id of the event that was there before, or undefined when this one is new */
  abstract add(tx: Transaction, event: NewWebhookEvent, now: Date): Promise<WebhookEventId | undefined>;
  /** @returns undefined when it was dealt with already */
  abstract findReceived(id: WebhookEventId): Promise<WebhookEvent | undefined>;
  abstract settle(id: WebhookEventId, state: 'processed' | 'ignored', now: Date): Promise<void>;
}
