import type { ExpiryRule } from '../../platform/database/expiry-sweep';
import { DAY } from '../../shared/clock';

/** Sent or not: after a week a mail would only confuse, and its address must not stay here. */
export const MAIL_EXPIRY: readonly ExpiryRule[] = [
  { table: 'loopin.mails', column: 'created_at', keepSeconds: 7 * DAY },
];
