import type { Transaction } from '../../platform/database/transaction';
import type { DeviceId } from '../../shared/ids';

/** One thing that somebody did or tried. Ids and codes only: no secret, nothing personal. */
export interface AuditEvent {
  /** `user:<id>`, `api_key:<id>`, `operator` or `system`. */
  readonly actor: string;
  /** `<noun>.<verb>`, as in `session.revoked`. */
  readonly action: string;
  /** `<kind>:<id>`. */
  readonly target: string;
  readonly deviceId?: DeviceId;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Append-only. */
export abstract class AuditStore {
  abstract add(
    tx: Transaction,
    event: AuditEvent,
    correlationId: string | undefined,
    now: Date,
  ): Promise<void>;
}
