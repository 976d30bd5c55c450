import type { ExpiryRule } from '../../platform/database/expiry-sweep';
import { DAY } from '../../shared/clock';

/** A refresh token that expired can only be refused; a session is kept a month to be explained. */
export const AUTH_EXPIRY: readonly ExpiryRule[] = [
  { table: 'loopin.registrations', column: 'code_expires_at', keepSeconds: DAY },
  { table: 'loopin.refresh_tokens', column: 'expires_at', keepSeconds: 0 },
  { table: 'loopin.sessions', column: 'expires_at', keepSeconds: 30 * DAY },
];
