import type { WebhookEventId } from '../../../../shared/ids';
import type { EventState } from '../webhook-event.store';
import type { EventFilter } from './webhook-events.schema';

export interface ListedEvent {
  readonly id: WebhookEventId;
  readonly source: string;
  readonly type: string;
  readonly state: EventState;
  readonly providerEventId: string;
  readonly receivedAt: Date;
  readonly occurredAt: Date | null;
  readonly processedAt: Date | null;
  readonly attempts: number;
  readonly lastError: string | null;
}

/** Events as people look at them. */
export abstract class WebhookEventListStore {
  /** Newest first, from behind `after`; one more than `limit`, where there is one. */
  abstract list(filter: EventFilter, limit: number, after: string | undefined): Promise<ListedEvent[]>;
  abstract find(id: WebhookEventId): Promise<(ListedEvent & { readonly bodySealed: Buffer }) | undefined>;
}
