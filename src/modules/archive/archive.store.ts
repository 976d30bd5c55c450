import type { ArchivedTable } from '../../platform/database/archived-table';
import type { Transaction } from '../../platform/database/transaction';
import type { Month } from './month';

/** A row as it is archived: its columns in their order, each as Postgres prints it in JSON (times in UTC). */
export type ArchivedRow = Readonly<Record<string, unknown>>;

/** A month of a class that is in the archive. */
export interface ArchiveRecord {
  readonly dataClass: string;
  readonly month: Month;
  readonly schemaVersion: number;
  readonly rowCount: number;
  /** Of the uncompressed lines. */
  readonly sha256: Buffer;
  readonly bytes: number;
  readonly objectKey: string;
  readonly seals: SealRange | undefined;
  readonly archivedAt: Date;
  /** Undefined while the rows are still in their table. */
  readonly removedAt: Date | undefined;
}

/** The seals of the audit that hold rows of a month. */
export interface SealRange {
  readonly first: number;
  readonly last: number;
}

/** Aged rows, and which months of them have left. */
export abstract class ArchiveStore {
  /** The month of the oldest row. */
  abstract oldestMonth(table: ArchivedTable): Promise<Month | undefined>;
  abstract countMonth(table: ArchivedTable, month: Month): Promise<number>;
  /** In the table's order, behind `after`. */
  abstract page(
    tx: Transaction,
    table: ArchivedTable,
    month: Month,
    after: ArchivedRow | undefined,
    limit: number,
  ): Promise<ArchivedRow[]>;
  /** @returns undefined while rows of the month are not sealed yet */
  abstract sealsOf(month: Month): Promise<SealRange | undefined>;

  abstract find(dataClass: string, month: Month): Promise<ArchiveRecord | undefined>;
  abstract list(dataClass?: string): Promise<ArchiveRecord[]>;
  /** The first one counts. @returns false when another was there before */
  abstract add(record: ArchiveRecord): Promise<boolean>;
  abstract markRemoved(dataClass: string, month: Month, now: Date): Promise<void>;

  /** @returns how many rows went */
  abstract removeRows(table: ArchivedTable, month: Month, limit: number): Promise<number>;
  /** Drops the partition of a month that is in the archive whole. */
  abstract dropMonth(month: Month): Promise<void>;
}
