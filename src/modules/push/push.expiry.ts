import type { ExpiryRule } from '../../platform/database/expiry-sweep';
import { DAY } from '../../shared/clock';

export const PUSH_EXPIRY: readonly ExpiryRule[] = [
  // of messages that never were ours, such as those sent from the provider's own dashboard
  { table: 'loopin.push_early_receipts', column: 'received_at', keepSeconds: 7 * DAY },
  { table: 'loopin.inbox_items', column: 'created_at', keepSeconds: 90 * DAY },
];
