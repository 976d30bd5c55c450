import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock, DAY, secondsAfter } from '../../../shared/clock';
import type { JobId, UserId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import { Jobs } from '../../jobs';
import { ExportData, RemoveExport } from '../privacy.jobs';

/** What a job left that never came to its end is taken away too. */
const AT_THE_LATEST_SECONDS = 3 * DAY;

/** Asks for a file with everything that we have of a person. */
@Injectable()
export class DataExports {
  constructor(
    private readonly jobs: Jobs,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** While one is being made, asking again gives that one. */
  async request(userId: UserId, id: JobId): Promise<{ jobId: JobId }> {
    return this.database.transaction(async (tx) => {
      const { id: jobId, added } = await this.jobs.enqueue(tx, ExportData, { userId }, { id });
      if (added) await this.added(tx, userId, jobId);
      return { jobId };
    });
  }

  private async added(tx: Transaction, userId: UserId, exportId: JobId): Promise<void> {
    const runAt = secondsAfter(this.clock.now(), AT_THE_LATEST_SECONDS);
    await this.jobs.enqueue(tx, RemoveExport, { userId, exportId }, { runAt });
    const actor = `user:${userId}`;
    await this.audit.record(tx, { actor, action: 'export.requested', target: actor });
  }
}
