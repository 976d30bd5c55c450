import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock, secondsAfter } from '../../../shared/clock';
import type { JobId, UserId } from '../../../shared/ids';
import { JobStore, Jobs } from '../../jobs';
import { EraseAccount, GRACE_SECONDS } from '../privacy.jobs';
import { type Deletion, DeletionStore } from './deletion.store';

interface Scheduled extends Pick<Deletion, 'jobId' | 'dueAt'> {
  /** False when it was asked for before. */
  readonly isNew: boolean;
}

/** A deletion and its job. */
@Injectable()
export class DeletionScheduling {
  constructor(
    private readonly jobs: Jobs,
    private readonly store: JobStore,
    private readonly deletions: DeletionStore,
    private readonly clock: Clock,
  ) {}

  /** Whoever calls it holds the account. One that stands is kept, unless an operator ended its job. */
  async schedule(tx: Transaction, userId: UserId, { unused }: Pick<Deletion, 'unused'>): Promise<Scheduled> {
    const standing = await this.deletions.lock(tx, userId);
    if (standing !== undefined && (await this.isOpen(tx, standing.jobId))) {
      const isNew = standing.unused && !unused;
      if (isNew) await this.deletions.askFor(tx, userId);
      return { ...standing, isNew };
    }
    if (standing !== undefined) await this.deletions.remove(tx, userId);
    const now = this.clock.now();
    const dueAt = secondsAfter(now, GRACE_SECONDS);
    const { id: jobId } = await this.jobs.enqueue(tx, EraseAccount, { userId }, { runAt: dueAt });
    await this.deletions.add(tx, { userId, jobId, requestedAt: now, dueAt, unused });
    return { jobId, dueAt, isNew: true };
  }

  async cancel(tx: Transaction, { jobId }: Deletion): Promise<void> {
    const job = await this.store.lock(tx, jobId);
    if (job?.state === 'queued') await this.store.cancelQueued(tx, jobId, this.clock.now());
    if (job?.state === 'running') await this.store.requestCancel(tx, jobId, this.clock.now());
  }

  private async isOpen(tx: Transaction, id: JobId): Promise<boolean> {
    const job = await this.store.lock(tx, id);
    return job !== undefined && job.state !== 'cancelled';
  }
}
