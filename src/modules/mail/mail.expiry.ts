import type { ExpiryRule } from '../../platform/database/expiry-sweep';
import { DAY } from '../../shared/clock';

export const MAIL_EXPIRY: readonly ExpiryRule[] = [
  { table: 'loopin.mails', column: 'sent_at', keepSeconds: 30 * DAY },
];
