import type { IncomingHttpHeaders } from 'node:http';

/** A notification that was "delivered", once for all its recipients: 100,000 of them cost a few megabytes. */
export interface Notification {
  readonly notificationId: string;
  readonly idempotencyKey: string | null;
  readonly title: string;
  readonly body: string;
  /** ISO 8601. */
  readonly at: string;
  readonly subscriptionIds: readonly string[];
}

export interface Delivery extends Omit<Notification, 'subscriptionIds'> {
  readonly subscriptionId: string;
}

/** One call to the provider's API, as it looked from the provider's side. */
export interface Call {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** null: the call was never answered (a fault said so). */
  status: number | null;
  /** To how many subscriptions it delivered: none on a refusal or on a repeated idempotency key. */
  recipients: number;
  notificationId: string | null;
  idempotencyKey: string | null;
  /** Whether the answer was that of an earlier call with the same idempotency key. */
  replayed: boolean;
  /** The fault that was on. */
  readonly fault: string;
}

export interface Summary {
  readonly calls: number;
  /** Calls that were accepted and were no repeats. */
  readonly notifications: number;
  readonly deliveries: number;
  /** Subscriptions that got anything. */
  readonly recipients: number;
  /** Deliveries beyond the first one of each of them. */
  readonly repeated: number;
}

const CALL_CAPACITY = 50_000;

/** What the sandbox remembers of deliveries and calls, oldest first. */
export class Ledger {
  #notifications: Notification[] = [];
  #bySubscription = new Map<string, Notification[]>();
  #calls: Call[] = [];

  deliver(notification: Notification): void {
    this.#notifications.push(notification);
    for (const id of notification.subscriptionIds) {
      const known = this.#bySubscription.get(id);
      if (known) known.push(notification);
      else this.#bySubscription.set(id, [notification]);
    }
  }

  record(call: Call): void {
    this.#calls.push(call);
    if (this.#calls.length > CALL_CAPACITY) this.#calls.shift();
  }

  calls(): readonly Call[] {
    return this.#calls;
  }

  deliveriesTo(subscriptionId: string): Delivery[] {
    const id = subscriptionId.toLowerCase();
    return (this.#bySubscription.get(id) ?? []).map((notification) => deliveryOf(notification, id));
  }

  allDeliveries(): Delivery[] {
    return this.#notifications.flatMap((one) => one.subscriptionIds.map((id) => deliveryOf(one, id)));
  }

  /** Counts, for those who only want to know whether it is done, and whether somebody got something twice. */
  summary(): Summary {
    const deliveries = this.#notifications.reduce((sum, one) => sum + one.subscriptionIds.length, 0);
    const recipients = this.#bySubscription.size;
    return {
      calls: this.#calls.length,
      notifications: this.#notifications.length,
      deliveries,
      recipients,
      repeated: deliveries - recipients,
    };
  }

  clear(): void {
    this.#notifications = [];
    this.#bySubscription = new Map();
    this.#calls = [];
  }
}

function deliveryOf({ subscriptionIds: _, ...shared }: Notification, subscriptionId: string): Delivery {
  return { subscriptionId, ...shared };
}
