import type { ExpiryRule } from '../../platform/database/expiry-sweep';
import { DAY, HOUR } from '../../shared/clock';

/** A session is kept a month with its last token, to be explained; an exchanged token as long as it may be replayed. */
export const AUTH_EXPIRY: readonly ExpiryRule[] = [
  { table: 'loopin.registrations', column: 'code_expires_at', keepSeconds: DAY },
  { table: 'loopin.refresh_tokens', column: 'rotated_at', keepSeconds: 7 * DAY },
  { table: 'loopin.sessions', column: 'expires_at', keepSeconds: 30 * DAY },
  { table: 'loopin.password_change_tokens', column: 'expires_at', keepSeconds: 0 },
  { table: 'loopin.mfa_tokens', column: 'expires_at', keepSeconds: 0 },
  { table: 'loopin.mfa_totp', column: 'pending_until', keepSeconds: HOUR },
  { table: 'loopin.password_resets', column: 'expires_at', keepSeconds: 0 },
  { table: 'loopin.email_changes', column: 'expires_at', keepSeconds: 0 },
  { table: 'loopin.email_undos', column: 'expires_at', keepSeconds: 0 },
  { table: 'loopin.sign_in_failures', column: 'expires_at', keepSeconds: 0 },
  { table: 'loopin.spent_id_tokens', column: 'expires_at', keepSeconds: 0 },
  { table: 'loopin.authorization_codes', column: 'expires_at', keepSeconds: HOUR },
  { table: 'loopin.used_proofs', column: 'expires_at', keepSeconds: 0 },
];
