import type { ExpiryRule } from '../../platform/database/expiry-sweep';
import { DAY } from '../../shared/clock';

/** Longer than the log of attempts by what an event may still be recovered for (14 days): deliveries go with their event. */
const KEEP_EVENTS = 45 * DAY;

export const EVENTS_EXPIRY: readonly ExpiryRule[] = [
  { table: 'loopin.domain_events', column: 'occurred_at', keepSeconds: KEEP_EVENTS },
];
