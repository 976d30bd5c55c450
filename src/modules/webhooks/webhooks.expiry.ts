import type { ExpiryRule } from '../../platform/database/expiry-sweep';
import { DAY } from '../../shared/clock';

const KEEP_ATTEMPTS = 30 * DAY;
const KEEP_SETTLED = 30 * DAY;
/** Somebody still has to look at them. */
const KEEP_UNSETTLED = 90 * DAY;

export const WEBHOOKS_EXPIRY: readonly ExpiryRule[] = [
  {
    table: 'loopin.webhook_events',
    column: 'received_at',
    keepSeconds: KEEP_SETTLED,
    states: ['processed', 'ignored'],
  },
  {
    table: 'loopin.webhook_events',
    column: 'received_at',
    keepSeconds: KEEP_UNSETTLED,
    states: ['received', 'failed'],
  },
  { table: 'loopin.webhook_replays', column: 'requested_at', keepSeconds: KEEP_UNSETTLED },
  { table: 'loopin.webhook_attempts', column: 'started_at', keepSeconds: KEEP_ATTEMPTS },
];
