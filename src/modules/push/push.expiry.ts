import type { ExpiryRule } from '../../platform/database/expiry-sweep';
import { DAY } from '../../shared/clock';
import { expireDetails } from './notifications/expired-details';

export const PUSH_EXPIRY: readonly ExpiryRule[] = [
  // of messages that never were ours, such as those sent from the provider's own dashboard
  { table: 'loopin.push_early_receipts', column: 'received_at', keepSeconds: 7 * DAY },
  { table: 'loopin.inbox_items', column: 'created_at', keepSeconds: 90 * DAY },
  // recipients and chunks, from the day the notification was made; it stays, with its counts
  { name: 'push details', keepSeconds: 90 * DAY, expire: expireDetails },
];
