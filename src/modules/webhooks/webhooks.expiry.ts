import type { ArchivedTable } from '../../platform/database/archived-table';
import type { ExpiryRule } from '../../platform/database/expiry-sweep';
import { DAY } from '../../shared/clock';

const KEEP_DAYS = 90;
const KEEP_ATTEMPTS = 30 * DAY;

export const WEBHOOKS_EXPIRY: readonly ExpiryRule[] = [
  { table: 'loopin.webhook_replays', column: 'requested_at', keepSeconds: KEEP_DAYS * DAY },
  { table: 'loopin.webhook_attempts', column: 'started_at', keepSeconds: KEEP_ATTEMPTS },
];

/**
 * No partitions: a provider's event id has to be unique over all months. Bodies are not archived: whose data is in
 * one nobody can tell, so nobody could forget a person there.
 */
export const WEBHOOKS_ARCHIVE: readonly ArchivedTable[] = [
  {
    name: 'webhook_events',
    table: 'loopin.webhook_events',
    version: 1,
    keepDays: KEEP_DAYS,
    archiveYears: 7,
    from: 'loopin.webhook_events e',
    time: 'e.received_at',
    order: ['received_at', 'id'],
    columns: [
      { name: 'id', type: 'uuid', sql: 'e.id' },
      { name: 'source', type: 'text', sql: 'e.source' },
      { name: 'provider_event_id', type: 'text', sql: 'e.provider_event_id' },
      { name: 'type', type: 'text', sql: 'e.type' },
      { name: 'state', type: 'text', sql: 'e.state' },
      { name: 'received_at', type: 'timestamptz', sql: 'e.received_at' },
      { name: 'occurred_at', type: 'timestamptz', sql: 'e.occurred_at' },
      { name: 'processed_at', type: 'timestamptz', sql: 'e.processed_at' },
      { name: 'attempts', type: 'integer', sql: 'e.attempts' },
      { name: 'last_error', type: 'text', sql: 'e.last_error' },
    ],
    removal: { rows: 'e' },
  },
];
