import type { Transaction } from '../../../../platform/database/transaction';
import type { DomainEventId, WebhookEndpointId } from '../../../../shared/ids';
import type { DomainEvent } from '../../../events';
import type { DeliveryState, Outcome } from '../sending/outcome';

export interface Attempt {
  readonly number: number;
  readonly startedAt: Date;
  readonly outcome: Outcome;
  readonly status: number | null;
  readonly latencyMs: number | null;
  readonly responseSealed: Buffer | null;
}

/** One event on its way to one endpoint; it has the event's id. */
export interface Delivery {
  readonly eventId: DomainEventId;
  readonly type: string;
  readonly state: DeliveryState;
  readonly occurredAt: Date;
  readonly nextAttemptAt: Date;
  readonly settledAt: Date | null;
  /** How many there were; the log has the newest. */
  readonly attemptCount: number;
  readonly attempts: readonly Attempt[];
}

export interface RecoveredPage {
  readonly recovered: number;
  /** The last event that was looked at; undefined when there were no more. */
  readonly last: EventPosition | undefined;
}

export interface EventPosition {
  readonly occurredAt: Date;
  readonly id: DomainEventId;
}

/** What was sent to an endpoint, for who looks at it and sends it again. */
export abstract class DeliveryLogStore {
  /** Newest first, each with its ten newest attempts; up to `limit + 1` rows from `after` on. */
  abstract list(
    id: WebhookEndpointId,
    page: {
      readonly limit: number;
      readonly after: DomainEventId | undefined;
      readonly state?: DeliveryState | undefined;
    },
  ): Promise<Delivery[]>;
  /** Due at once, with the whole schedule before it. @returns whether there is such a delivery */
  abstract resend(
    tx: Transaction,
    id: WebhookEndpointId,
    eventId: DomainEventId,
    now: Date,
  ): Promise<boolean>;
  /** An event for this endpoint alone. The same id again is the same request. */
  abstract addFor(tx: Transaction, id: WebhookEndpointId, event: DomainEvent): Promise<void>;
  /** Makes due, of the events that this endpoint subscribes to, at most `limit` of those that never reached it. */
  abstract recover(
    tx: Transaction,
    id: WebhookEndpointId,
    after: EventPosition,
    limit: number,
    now: Date,
  ): Promise<RecoveredPage>;
}
