import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ArchivedTable } from '../../platform/database/archived-table';
import { Batches } from '../../platform/database/batches';
import type { Removed } from '../../platform/database/expiry-sweep';
import { tellFailure } from '../../platform/sentry/tell-failure';
import { Clock } from '../../shared/clock';
import { eachApart } from '../../shared/each-apart';
import { type ArchiveRecord, ArchiveStore } from './archive.store';
import { endOf, isDue, type Month, monthOf } from './month';
import { MonthExport } from './month-export';

export const ARCHIVED_TABLES = Symbol('archived tables');
/** A month's share of one run: whatever is left waits for the next. */
const MAX_REMOVAL_MS = 60_000;
const MOST_MONTHS = 24;

/**
 * Takes aged months to the archive, then from their table: written, read back, recorded, and only then removed. Each
 * step can be done again: whoever is killed leaves at worst an object that nobody names.
 */
@Injectable()
export class MonthlyArchiving {
  private readonly logger = new Logger(MonthlyArchiving.name);

  constructor(
    private readonly store: ArchiveStore,
    private readonly months: MonthExport,
    private readonly clock: Clock,
    @Inject(ARCHIVED_TABLES) private readonly tables: readonly ArchivedTable[],
  ) {}

  /**
   * All that is due.
   * @returns what was removed
   * @throws the first failure, once every table had its turn
   */
  async run(): Promise<Removed[]> {
    const removed = await eachApart(
      this.tables,
      async (table) => ({ dataClass: table.table, count: await this.runTable(table) }),
      (err, { name }) =>
        tellFailure(this.logger, err, 'archiving failed; the next run tries again', { reason: name }),
    );
    return removed.filter(({ count }) => count > 0);
  }

  private async runTable(table: ArchivedTable): Promise<number> {
    let removed = 0;
    for (const { month } of await this.unfinished(table)) removed += (await this.archive(table, month)).count;
    for (let months = 0; months < MOST_MONTHS; months++) {
      const month = await this.dueMonth(table);
      if (month === undefined) break;
      const { count, isDone } = await this.archive(table, month);
      removed += count;
      if (!isDone) break;
    }
    return removed;
  }

  private async archive(table: ArchivedTable, month: Month): Promise<{ count: number; isDone: boolean }> {
    const record = (await this.store.find(table.name, month)) ?? (await this.write(table, month));
    if (record === undefined) return { count: 0, isDone: false };
    await this.assertWhole(table, record);
    await this.months.writeManifest(table, record);
    const { count, isDone } = await this.remove(table, record);
    if (isDone) await this.store.markRemoved(table.name, month, this.clock.now());
    this.logger.log({ metric: 'retention.archived', reason: table.table, count }, 'took rows to the archive');
    return { count, isDone };
  }

  private async unfinished(table: ArchivedTable): Promise<ArchiveRecord[]> {
    const records = await this.store.list(table.name);
    return records.filter(({ removedAt }) => removedAt === undefined);
  }

  /** @throws Error when there are rows that came after the month was archived: nobody may remove them */
  private async assertWhole(
    table: ArchivedTable,
    { month, rowCount, removedAt }: ArchiveRecord,
  ): Promise<void> {
    const present = await this.store.countMonth(table, month);
    if (present > (removedAt === undefined ? rowCount : 0)) {
      throw new Error(`${table.name} of ${month} got rows after it was archived`);
    }
  }

  /** @returns undefined while the month is not sealed yet */
  private async write(table: ArchivedTable, month: Month): Promise<ArchiveRecord | undefined> {
    const seals = table.sealed ? await this.store.sealsOf(month) : undefined;
    if (table.sealed && seals === undefined) return undefined;
    const record = await this.months.write(table, month, seals);
    const isFirst = await this.store.add(record);
    return isFirst ? record : this.store.find(table.name, month);
  }

  private async remove(
    table: ArchivedTable,
    { month, rowCount }: ArchiveRecord,
  ): Promise<{ count: number; isDone: boolean }> {
    if (table.removal === 'sweep') return { count: rowCount, isDone: true };
    if ('partition' in table.removal) {
      await this.store.dropMonth(month);
      return { count: rowCount, isDone: true };
    }
    const batches = new Batches();
    const { removed, isDone } = await batches.run(
      (limit) => this.store.removeRows(table, month, limit),
      MAX_REMOVAL_MS,
    );
    // rows that another worker was at a moment ago are still there, or are gone with it
    return { count: removed, isDone: isDone && (await this.store.countMonth(table, month)) === 0 };
  }

  /** The oldest month that is due and not done. */
  private async dueMonth(table: ArchivedTable): Promise<Month | undefined> {
    let month = await this.store.oldestMonth(table);
    // what the sweep removes is still there
    while (month !== undefined && table.removal === 'sweep' && (await this.isDone(table, month))) {
      month = monthOf(endOf(month));
    }
    return month !== undefined && isDue(table, month, this.clock.now()) ? month : undefined;
  }

  private async isDone(table: ArchivedTable, month: Month): Promise<boolean> {
    const record = await this.store.find(table.name, month);
    return record?.removedAt !== undefined;
  }
}
