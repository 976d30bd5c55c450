import type { ExpiryRule } from '../database/expiry-sweep';

export const IDEMPOTENCY_EXPIRY: readonly ExpiryRule[] = [
  { table: 'loopin.idempotency_keys', column: 'expires_at', keepSeconds: 0 },
];
