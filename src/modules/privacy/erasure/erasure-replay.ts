import type { Database } from '../../../platform/database/database';
import type { UserId } from '../../../shared/ids';
import type { AuditLog } from '../../audit';
import type { ErasureStore, TraceCursor } from './erasure.store';
import type { ErasureLedger } from './erasure-ledger';
import type { PersonErasure } from './person-erasure';

/** People whose traces are looked for at once. */
const BATCH = 5_000;

export interface ReplayReport {
  /** In the ledger. */
  readonly entries: number;
  /** Accounts that were back, and are gone again. */
  readonly accounts: number;
  /** Recipients of pushes that were somebody's again. */
  readonly deliveries: number;
}

/** After a restore: erases everybody who was erased before. May be repeated, and killed. */
export class ErasureReplay {
  constructor(
    private readonly ledger: ErasureLedger,
    private readonly people: PersonErasure,
    private readonly store: ErasureStore,
    private readonly audit: AuditLog,
    private readonly database: Database,
  ) {}

  async replay(): Promise<ReplayReport> {
    const report = { entries: 0, accounts: 0, deliveries: 0 };
    let batch: UserId[] = [];
    const flush = async () => {
      for (const userId of batch) if (await this.eraseAgain(userId)) report.accounts += 1;
      report.deliveries += await this.forgetDeliveries(batch);
      await this.store.forgetNotifications(batch);
      batch = [];
    };
    for await (const userId of this.ledger.entries()) {
      report.entries += 1;
      if (batch.push(userId) === BATCH) await flush();
    }
    if (batch.length > 0) await flush();
    await this.database.transaction((tx) =>
      this.audit.record(tx, {
        actor: 'operator',
        action: 'erasures.replayed',
        target: 'ledger:erasures',
        details: report,
      }),
    );
    return report;
  }

  private eraseAgain(userId: UserId): Promise<boolean> {
    return this.database.transaction((tx) =>
      this.people.erase(tx, userId, 'operator', { afterRestore: true }),
    );
  }

  private async forgetDeliveries(userIds: readonly UserId[]): Promise<number> {
    let count = 0;
    let after: TraceCursor | undefined;
    do {
      // nothing is being sent: neither web nor worker runs
      const { next, erased } = await this.store.forgetDeliveries(userIds, after, true);
      count += erased;
      after = next;
    } while (after !== undefined);
    return count;
  }
}
