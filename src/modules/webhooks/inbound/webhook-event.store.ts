import type { Transaction } from '../../../platform/database/transaction';
import type { OutboxDraft } from '../../../platform/sqs/outbox';
import type { WebhookEventId } from '../../../shared/ids';

export const EVENT_STATES = ['received', 'processed', 'ignored', 'failed'] as const;
export type EventState = (typeof EVENT_STATES)[number];

export interface NewWebhookEvent {
  readonly id: WebhookEventId;
  readonly source: string;
  readonly providerEventId: string;
  /** SHA-256 of the body, where it tells repeated events as well as the id does. */
  readonly bodyHash: Buffer | undefined;
  readonly type: string;
  readonly bodySealed: Buffer;
  readonly occurredAt: Date | undefined;
  readonly receivedAt: Date;
  /** From when its message counts as lost. */
  readonly sweepAt: Date;
}

export interface WebhookEvent {
  readonly id: WebhookEventId;
  readonly source: string;
  readonly type: string;
  readonly bodySealed: Buffer;
  readonly receivedAt: Date;
  readonly occurredAt: Date | undefined;
}

/** A message about an event. An event knows the one message that may settle it. */
export interface EventMessage {
  readonly eventId: WebhookEventId;
  readonly messageId: string;
}

export interface FailedTry {
  /** Words of ours: nothing of the payload. */
  readonly reason: string;
  /** From when its message counts as lost, since no further try has come. */
  readonly sweepAt: Date;
}

/** Events as they came in, stored before they are acknowledged, until they are settled. */
export abstract class WebhookEventStore {
  /**
   * Stores the event and its message at once, in one statement.
   * @returns the id of the event that was there before, or undefined when this one is new
   */
  abstract add(event: NewWebhookEvent, message: OutboxDraft): Promise<WebhookEventId | undefined>;
  /** @returns undefined when it is settled, or this message was replaced by a replay */
  abstract findUnsettled(message: EventMessage): Promise<WebhookEvent | undefined>;
  abstract settle(message: EventMessage, state: 'processed' | 'ignored', now: Date): Promise<void>;
  /** Counts the try; after `mostAttempts` of them the event has failed. */
  abstract noteFailure(message: EventMessage, failure: FailedTry, mostAttempts: number): Promise<void>;
  /** A try that was asked to be repeated later, and does not count. */
  abstract notePostponement(message: EventMessage, failure: FailedTry): Promise<void>;
  /**
   * Takes events whose message counts as lost, at most so many, and gives each another while; after `mostSweeps` of
   * them it has failed.
   * @returns the messages to be sent again
   */
  abstract takeLost(tx: Transaction, now: Date, limit: number, mostSweeps: number): Promise<EventMessage[]>;
}
