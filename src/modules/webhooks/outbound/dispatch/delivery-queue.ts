import type { DomainEventId, WebhookEndpointId } from '../../../../shared/ids';
import type { Outcome, Verdict } from '../sending/outcome';

/** Where a delivery goes. */
export interface Destination {
  readonly id: WebhookEndpointId;
  readonly url: string;
  readonly secretsSealed: Buffer;
  /** Whether its last attempts failed. */
  readonly failing: boolean;
}

/** A delivery that is ours to attempt until its lease is over. */
export interface ClaimedDelivery {
  readonly endpointId: WebhookEndpointId;
  readonly eventId: DomainEventId;
  /** The number of this attempt, 1 at first. */
  readonly attempt: number;
  /** How many failed since it was first due, or resent. */
  readonly failures: number;
  readonly body: string;
}

export interface AttemptResult extends Verdict {
  readonly delivery: ClaimedDelivery;
  readonly startedAt: Date;
  readonly outcome: Outcome;
  readonly status: number | undefined;
  readonly latencyMs: number;
  readonly responseSealed: Buffer | undefined;
}

export interface ClaimLimits {
  /** How many an endpoint may have under way in this process. */
  readonly perEndpoint: number;
  readonly inAll: number;
  /** How many are under way now. */
  readonly underWay: ReadonlyMap<WebhookEndpointId, number>;
}

/** Deliveries that are due, for many workers at a time. */
export abstract class DeliveryQueue {
  /**
   * Takes what is due and hides it for a lease. What was claimed before and never settled (a worker was killed) is noted
   * as interrupted and claimed anew. Of one order key the oldest only.
   */
  abstract claim(limits: ClaimLimits, now: Date, leasedUntil: Date): Promise<ClaimedDelivery[]>;
  abstract destinations(ids: readonly WebhookEndpointId[]): Promise<Destination[]>;
  /** Writes the log, and what becomes of each delivery that nobody has claimed meanwhile. */
  abstract settle(results: readonly AttemptResult[], now: Date): Promise<void>;
}
