import type { ArchivedTable } from '../../platform/database/archived-table';
import type { Removed } from '../../platform/database/expiry-sweep';
import type { Clock } from '../../shared/clock';
import type { ArchiveStore } from './archive.store';
import { endOf, isDue, monthOf } from './month';

/** What the next run of `MonthlyArchiving` would take away. */
export class ArchivePreview {
  constructor(
    private readonly store: ArchiveStore,
    private readonly clock: Clock,
    private readonly tables: readonly ArchivedTable[],
  ) {}

  async preview(): Promise<Removed[]> {
    const counts: Removed[] = [];
    for (const table of this.tables)
      counts.push({ dataClass: table.table, count: await this.countDue(table) });
    return counts;
  }

  private async countDue(table: ArchivedTable): Promise<number> {
    let count = 0;
    let month = await this.store.oldestMonth(table);
    while (month !== undefined && isDue(table, month, this.clock.now())) {
      count += await this.store.countMonth(table, month);
      month = monthOf(endOf(month));
    }
    return count;
  }
}
