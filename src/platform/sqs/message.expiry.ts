import { DAY } from '../../shared/clock';
import type { ExpiryRule } from '../database/expiry-sweep';

/** A queue keeps a message for 14 days at most: as long must the inbox remember that it was handled. */
const LONGEST_RETENTION = 14 * DAY;

/** Published messages stay a day to be looked at. */
export const MESSAGE_EXPIRY: readonly ExpiryRule[] = [
  { table: 'loopin.outbox', column: 'published_at', keepSeconds: DAY },
  { table: 'loopin.inbox', column: 'updated_at', keepSeconds: LONGEST_RETENTION },
];
