import type { Transaction } from '../../../platform/database/transaction';
import type { AuditPosition, AuditRecord } from './audit-record';
import type { Seal } from './seal';

/** Rows in their order, and what seals them. */
export abstract class SealStore {
  /** Until the transaction ends. @returns false when somebody else is at it */
  abstract takeTurn(tx: Transaction): Promise<boolean>;
  abstract newest(tx?: Transaction): Promise<Seal | undefined>;
  /** The position that every transaction still running is at or behind: nothing before it can come any more. */
  abstract horizon(tx: Transaction): Promise<number>;
  /** Rows behind `after` that stand before `horizon`, in order. */
  abstract settledRows(
    tx: Transaction,
    after: AuditPosition,
    horizon: number,
    limit: number,
  ): Promise<AuditRecord[]>;
  abstract add(tx: Transaction, seal: Seal): Promise<void>;

  /** Rows behind `after`, up to and with `last`, in order. */
  abstract rowsBetween(after: AuditPosition, last: AuditPosition, limit: number): Promise<AuditRecord[]>;
  /** Seals behind a number, in order. */
  abstract after(number: number, limit: number): Promise<Seal[]>;
  /** How many rows stand behind `after`, and since when the oldest of them waits. */
  abstract unsealed(after: AuditPosition): Promise<{ readonly count: number; readonly oldest: Date | null }>;
}
