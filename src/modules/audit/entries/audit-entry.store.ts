import type { SubjectKeyId } from '../../subject-keys';
import type { AuditFilter } from './audit.schema';

/** A row as it lies there. */
export interface StoredAuditEntry {
  readonly id: string;
  readonly occurredAt: Date;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly deviceId: string | null;
  readonly ipPrefix: string | null;
  readonly correlationId: string | null;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
  readonly subjectKey: SubjectKeyId | null;
  readonly personal: Buffer | null;
}

export interface AuditCursor {
  readonly occurredAt: Date;
  readonly id: string;
}

export abstract class AuditEntryStore {
  /** Newest first, from behind `after`; one more than `limit`, where there is one. */
  abstract list(
    filter: AuditFilter,
    limit: number,
    after: AuditCursor | undefined,
  ): Promise<StoredAuditEntry[]>;
}
