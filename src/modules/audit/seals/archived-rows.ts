import type { AuditRecord } from './audit-record';

/** A month that left the database: the seals that hold its rows are these. */
export interface ArchivedRows {
  readonly month: string;
  readonly firstSeal: number;
  readonly lastSeal: number;
  /** In their order. */
  read(): AsyncIterable<AuditRecord>;
}

/** Audit rows that are kept elsewhere. */
export abstract class AuditArchives {
  /** Their rows have left the database, or are about to. */
  abstract months(): Promise<readonly ArchivedRows[]>;
}
