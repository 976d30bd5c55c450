import type { ExpiryRule } from '../../platform/database/expiry-sweep';
import { DAY } from '../../shared/clock';

/** Receipts of messages that never were ours, such as those sent from the provider's own dashboard. */
export const PUSH_EXPIRY: readonly ExpiryRule[] = [
  { table: 'loopin.push_early_receipts', column: 'received_at', keepSeconds: 7 * DAY },
];
