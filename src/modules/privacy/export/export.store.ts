import type { Transaction } from '../../../platform/database/transaction';
import type { JobId, UserId } from '../../../shared/ids';
import type { ExportSection } from './export-sections';

export interface ExportPage {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Undefined at the end. */
  readonly next: string | undefined;
}

/** A file with the data of a person. */
export interface ReadyExport {
  readonly id: JobId;
  readonly userId: UserId;
  readonly bytes: number;
  readonly readyAt: Date;
  readonly expiresAt: Date;
}

export abstract class ExportStore {
  abstract page(section: ExportSection, userId: UserId, after: string | undefined): Promise<ExportPage>;
  /** @returns false when the account is gone */
  abstract add(tx: Transaction, ready: ReadyExport): Promise<boolean>;
  abstract find(userId: UserId, id: JobId): Promise<ReadyExport | undefined>;
  abstract remove(id: JobId): Promise<void>;
}
