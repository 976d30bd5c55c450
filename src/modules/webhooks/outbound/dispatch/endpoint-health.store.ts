import type { Transaction } from '../../../../platform/database/transaction';
import type { WebhookEndpointId } from '../../../../shared/ids';

export interface FailingEndpoint {
  readonly id: WebhookEndpointId;
  readonly url: string;
  readonly failingSince: Date;
  /** When admins were told that half of its time is over. */
  readonly noticedAt: Date | null;
}

/** What is known of how endpoints fare. */
export abstract class EndpointHealthStore {
  /** Notes a failure of each. @returns those that are enabled, locked until the transaction ends */
  abstract failed(tx: Transaction, ids: readonly WebhookEndpointId[], now: Date): Promise<FailingEndpoint[]>;
  /** What failed before does not count any more. */
  abstract recovered(ids: readonly WebhookEndpointId[]): Promise<void>;
  abstract noticed(tx: Transaction, id: WebhookEndpointId, now: Date): Promise<void>;
  abstract disable(
    tx: Transaction,
    id: WebhookEndpointId,
    reason: 'failing' | 'gone',
    now: Date,
  ): Promise<void>;
  /** Who is told: at most 20. */
  abstract adminAddresses(tx: Transaction): Promise<string[]>;
}
