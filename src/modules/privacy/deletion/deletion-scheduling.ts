import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock } from '../../../shared/clock';
import type { JobId, UserId } from '../../../shared/ids';
import { JobStore, Jobs } from '../../jobs';
import { EraseAccount } from '../privacy.jobs';
import type { Deletion } from './deletion.store';

/** The job of a deletion. */
@Injectable()
export class DeletionScheduling {
  constructor(
    private readonly jobs: Jobs,
    private readonly store: JobStore,
    private readonly clock: Clock,
  ) {}

  /** False when an operator ended it. */
  async isOpen(tx: Transaction, id: JobId): Promise<boolean> {
    const job = await this.store.lock(tx, id);
    return job !== undefined && job.state !== 'cancelled';
  }

  async add(tx: Transaction, userId: UserId, runAt: Date): Promise<JobId> {
    return (await this.jobs.enqueue(tx, EraseAccount, { userId }, { runAt })).id;
  }

  async cancel(tx: Transaction, { jobId }: Deletion): Promise<void> {
    const job = await this.store.lock(tx, jobId);
    if (job?.state === 'queued') await this.store.cancelQueued(tx, jobId, this.clock.now());
    if (job?.state === 'running') await this.store.requestCancel(tx, jobId, this.clock.now());
  }
}
