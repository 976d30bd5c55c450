import type { ExpiryRule } from '../../platform/database/expiry-sweep';
import { DAY } from '../../shared/clock';

/** A job removes the object and its row when it expires; this takes what a job left. */
export const PRIVACY_EXPIRY: readonly ExpiryRule[] = [
  { table: 'loopin.data_exports', column: 'expires_at', keepSeconds: DAY },
];
