import type { Transaction } from '../../../../platform/database/transaction';
import type { WebhookEndpointId } from '../../../../shared/ids';

export const ENDPOINT_STATES = ['enabled', 'disabled'] as const;
export const DISABLED_REASONS = ['failing', 'gone', 'operator'] as const;

export interface WebhookEndpoint {
  readonly id: WebhookEndpointId;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly description: string | null;
  readonly state: (typeof ENDPOINT_STATES)[number];
  readonly disabledReason: (typeof DISABLED_REASONS)[number] | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewWebhookEndpoint {
  readonly id: WebhookEndpointId;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly description: string | null;
  readonly secretsSealed: Buffer;
}

/** What an operator may change. */
export type EndpointChange = Pick<
  WebhookEndpoint,
  'url' | 'eventTypes' | 'description' | 'state' | 'disabledReason'
>;

export interface SealedSecrets {
  readonly secretsSealed: Buffer;
  /** The request that made the newest one. */
  readonly rotationId: string | null;
}

/** Who is told of what happens here. */
export abstract class WebhookEndpointStore {
  /** One that adds at a time, until the transaction ends. @returns how many there are beside this one */
  abstract lockCount(tx: Transaction, except: WebhookEndpointId): Promise<number>;
  /** The same id again is the same request after a crash: nobody saw the first secret, so the new one takes its place. */
  abstract add(tx: Transaction, endpoint: NewWebhookEndpoint, now: Date): Promise<WebhookEndpoint>;
  abstract find(id: WebhookEndpointId): Promise<WebhookEndpoint | undefined>;
  /** Newest first; up to `limit + 1` rows from `after` on. */
  abstract list(limit: number, after: WebhookEndpointId | undefined): Promise<WebhookEndpoint[]>;
  /** Locked until the transaction ends. */
  abstract lock(tx: Transaction, id: WebhookEndpointId): Promise<WebhookEndpoint | undefined>;
  /** Enabling it forgets what failed before. */
  abstract change(
    tx: Transaction,
    id: WebhookEndpointId,
    change: EndpointChange,
    now: Date,
  ): Promise<WebhookEndpoint>;
  /** Its deliveries go with it. */
  abstract delete(tx: Transaction, id: WebhookEndpointId): Promise<void>;
  abstract lockSecrets(tx: Transaction, id: WebhookEndpointId): Promise<SealedSecrets | undefined>;
  abstract setSecrets(tx: Transaction, id: WebhookEndpointId, secrets: SealedSecrets): Promise<void>;
}
