import type { Transaction } from '../../platform/database/transaction';
import type { DeviceId, Id, UserId } from '../../shared/ids';

/** One thing that somebody did or tried. Ids and codes only: no secret, nothing personal. */
export interface AuditEvent {
  /** `user:<id>`, `api_key:<id>`, `operator` or `system`. */
  readonly actor: string;
  /** `<noun>.<verb>`, as in `session.revoked`. */
  readonly action: string;
  /** `<kind>:<id>`. */
  readonly target: string;
  /** The one it came from, where that is not the device of whoever is signed in. */
  readonly deviceId?: DeviceId;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Whoever the address and the device are of: kept under that person's key. */
export interface PersonalFacts {
  readonly ipPrefix?: string | undefined;
  readonly deviceId?: string | undefined;
}

export interface NewAuditRow extends AuditEvent {
  readonly id: Id<'AuditEvent'>;
  readonly occurredAt: Date;
  readonly correlationId: string | undefined;
  readonly personal: PersonalFacts;
  /** Undefined where no person acts and none is acted on. */
  readonly subject: UserId | undefined;
}

/** Append-only. */
export abstract class AuditStore {
  /** One statement however many rows, which waits for nobody. */
  abstract add(tx: Transaction, rows: readonly NewAuditRow[]): Promise<void>;
}
