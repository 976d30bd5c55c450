import { Injectable } from '@nestjs/common';
import type { ArchivedRows, AuditArchives } from './archived-rows';
import { type AuditRecord, BEGINNING, canonical } from './audit-record';
import { leafHash, MerkleTree } from './merkle';
import { OrderedRows } from './ordered-rows';
import { GENESIS, type Seal, sealHash, toCopy } from './seal';
import { SealStore } from './seal.store';
import type { SealCopies } from './seal-copies';

const SEALS_PAGE = 200;
const ROWS_PAGE = 500;
const MOST_FINDINGS = 100;

export type Tampering =
  | 'seal_changed'
  | 'seal_missing'
  | 'seal_differs_from_archive'
  | 'row_changed'
  | 'row_missing'
  | 'row_added';

export interface Finding {
  readonly seal: number;
  readonly problem: Tampering;
}

export interface VerificationReport {
  readonly seals: number;
  /** Read and hashed again. */
  readonly rows: number;
  /** Seals of which only the chain was checked: their rows are archived and the archives were not read. */
  readonly sealsOfArchivedRows: number;
  readonly unsealed: number;
  readonly oldestUnsealed: Date | null;
  /** The first hundred. */
  readonly findings: readonly Finding[];
}

/** Where else to look; without it only the database is. */
export interface VerificationSources {
  readonly copies?: SealCopies | undefined;
  readonly archives?: AuditArchives | undefined;
  /** Whether to read archived months as well: 7 years take their time. */
  readonly readArchives: boolean;
}

/** Hashes every row again and follows the chain of seals. What does not fit is named by its seal. */
@Injectable()
export class AuditVerification {
  constructor(private readonly store: SealStore) {}

  async verify(sources: VerificationSources): Promise<VerificationReport> {
    const months = (await sources.archives?.months()) ?? [];
    const run = new Run(this.store, months, sources);
    return run.report();
  }
}

class Run {
  private readonly findings: Finding[] = [];
  private readonly rows = new OrderedRows();
  private previous: Seal | undefined;
  private seals = 0;
  private rowsRead = 0;
  private unread = 0;
  private opened = new Set<ArchivedRows>();

  constructor(
    private readonly store: SealStore,
    private readonly months: readonly ArchivedRows[],
    private readonly sources: VerificationSources,
  ) {}

  async report(): Promise<VerificationReport> {
    const newest = await this.store.newest();
    if (newest !== undefined) this.rows.add(this.inDatabase(newest));
    try {
      for await (const seal of this.sealsOnwards()) {
        if (newest !== undefined && seal.number > newest.number) break;
        await this.check(seal);
      }
    } finally {
      await this.rows.close();
    }
    await this.checkNewestCopy();
    const { count, oldest } = await this.store.unsealed(this.previous?.last ?? BEGINNING);
    return {
      seals: this.seals,
      rows: this.rowsRead,
      sealsOfArchivedRows: this.unread,
      unsealed: count,
      oldestUnsealed: oldest,
      findings: this.findings.slice(0, MOST_FINDINGS),
    };
  }

  private async check(seal: Seal): Promise<void> {
    this.seals += 1;
    this.checkChain(seal);
    this.openMonths(seal.number);
    const tree = new MerkleTree();
    for await (const row of this.rows.upTo(seal.last)) tree.add(leafHash(canonical(row)));
    this.rowsRead += tree.size;
    this.previous = seal;
    if (this.isArchived(seal.number) && !this.sources.readArchives) this.unread += 1;
    else this.checkRows(seal, tree);
  }

  private checkChain(seal: Seal): void {
    const expected = this.previous?.hash ?? GENESIS;
    if (!seal.hash.equals(sealHash(seal))) this.found(seal.number, 'seal_changed');
    else if (seal.number !== (this.previous?.number ?? 0) + 1) this.found(seal.number - 1, 'seal_missing');
    else if (!seal.previous.equals(expected)) this.found(seal.number - 1, 'seal_changed');
  }

  private checkRows(seal: Seal, tree: MerkleTree): void {
    if (tree.size < seal.rowCount) this.found(seal.number, 'row_missing');
    else if (tree.size > seal.rowCount) this.found(seal.number, 'row_added');
    else if (!tree.root().equals(seal.root)) this.found(seal.number, 'row_changed');
  }

  /** The one in the archive can't be younger than ours, nor another. */
  private async checkNewestCopy(): Promise<void> {
    const { copies } = this.sources;
    const copy = await copies?.newest();
    if (copies === undefined || copy === undefined) return;
    const [ours] = await this.store.after(copy.number - 1, 1);
    if (ours?.number !== copy.number) this.found(copy.number, 'seal_missing');
    else if (toCopy(ours).hash !== copy.hash) this.found(copy.number, 'seal_differs_from_archive');
  }

  private openMonths(seal: number): void {
    if (!this.sources.readArchives) return;
    for (const month of this.months) {
      if (month.firstSeal > seal || this.opened.has(month)) continue;
      this.opened.add(month);
      this.rows.add(month.read());
    }
  }

  private isArchived(seal: number): boolean {
    return this.months.some(({ firstSeal, lastSeal }) => firstSeal <= seal && seal <= lastSeal);
  }

  private async *inDatabase(newest: Seal): AsyncGenerator<AuditRecord> {
    let after = BEGINNING;
    let rows: AuditRecord[];
    do {
      rows = await this.store.rowsBetween(after, newest.last, ROWS_PAGE);
      yield* rows;
      const last = rows.at(-1);
      if (last !== undefined) after = { position: last.position, id: last.id };
    } while (rows.length === ROWS_PAGE);
  }

  private async *sealsOnwards(): AsyncGenerator<Seal> {
    let number = 0;
    let seals: Seal[];
    do {
      seals = await this.store.after(number, SEALS_PAGE);
      yield* seals;
      number = seals.at(-1)?.number ?? number;
    } while (seals.length === SEALS_PAGE);
  }

  private found(seal: number, problem: Tampering): void {
    this.findings.push({ seal, problem });
  }
}
