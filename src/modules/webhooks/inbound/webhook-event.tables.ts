import type { Generated } from 'kysely';
import type { OutboxTables } from '../../../platform/sqs/outbox.tables';
import type { WebhookEventId } from '../../../shared/ids';
import type { EventState } from './webhook-event.store';

export interface WebhookEventTables extends Pick<OutboxTables, 'loopin.outbox'> {
  'loopin.webhook_events': {
    id: WebhookEventId;
    source: string;
    provider_event_id: string;
    body_hash: Buffer | null;
    type: string;
    body_sealed: Buffer;
    state: EventState;
    received_at: Date;
    occurred_at: Date | null;
    processed_at: Generated<Date | null>;
    message_id: string | null;
    sweep_at: Date | null;
    sweeps: Generated<number>;
    attempts: Generated<number>;
    last_error: Generated<string | null>;
  };
}

/** How long a message may take before it counts as lost; each time that it is sent again it gets twice as long. */
export const SWEEP_AFTER_SECONDS = 600;
