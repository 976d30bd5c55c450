import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock } from '../../../shared/clock';
import { type AuditPosition, type AuditRecord, BEGINNING, canonical } from './audit-record';
import { leafHash, MerkleTree } from './merkle';
import { GENESIS, newSeal, type Seal } from './seal';
import { SealStore } from './seal.store';
import { SealCopies } from './seal-copies';

const PAGE = 500;
/** A seal's rows: what a verification has to read to check one of them. */
const MOST_ROWS = 5_000;

/**
 * Seals what was audited. Rows are written unchained, by anybody at once; a transaction's rows stand at its id. Once
 * all older transactions have ended, nothing can come before that point any more, however late it commits: the rows up
 * to there get a seal, which holds them and the seal before. One sealer at a time; whoever dies has sealed nothing.
 */
@Injectable()
export class AuditSealer {
  private copied = 0;

  constructor(
    private readonly store: SealStore,
    private readonly copies: SealCopies,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @returns whether there may be more to seal at once */
  async sealNext(): Promise<boolean> {
    const seal = await this.database.transaction(async (tx) => {
      if (!(await this.store.takeTurn(tx))) return undefined;
      return this.seal(tx);
    });
    return seal !== undefined && seal.rowCount >= MOST_ROWS;
  }

  /** Copies the newest seal to the archive, where it is not there yet. */
  async copyNewest(): Promise<void> {
    const newest = await this.store.newest();
    if (newest === undefined || newest.number === this.copied) return;
    await this.copies.keep(newest);
    this.copied = newest.number;
  }

  private async seal(tx: Transaction): Promise<Seal | undefined> {
    const before = await this.store.newest(tx);
    const horizon = await this.store.horizon(tx);
    assertForward(before, horizon);
    const tree = new MerkleTree();
    let last = before?.last ?? BEGINNING;
    let rows: AuditRecord[];
    do {
      rows = await this.store.settledRows(tx, last, horizon, PAGE);
      for (const row of rows) tree.add(leafHash(canonical(row)));
      last = positionOf(rows.at(-1)) ?? last;
    } while (rows.length === PAGE && tree.size < MOST_ROWS);
    if (tree.size === 0) return undefined;
    const seal = newSeal({
      number: (before?.number ?? 0) + 1,
      last,
      rowCount: tree.size,
      root: tree.root(),
      previous: before?.hash ?? GENESIS,
      sealedAt: this.clock.now(),
    });
    await this.store.add(tx, seal);
    return seal;
  }
}

const positionOf = (row: AuditRecord | undefined): AuditPosition | undefined =>
  row && { position: row.position, id: row.id };

/** @throws Error after a logical restore: transaction ids began anew, and rows would come before what is sealed */
function assertForward(before: Seal | undefined, horizon: number): void {
  if (before === undefined || horizon > before.last.position) return;
  throw new Error('audit positions went back: run loopin.audit_after_restore() as the owner');
}
