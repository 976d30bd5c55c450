import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { Clock, secondsAfter } from '../../../shared/clock';
import { Unauthenticated } from '../../../shared/domain-error';
import type { JobId, SessionId, UserId } from '../../../shared/ids';
import { LeavingAccounts } from '../../auth';
import { DeletionBegun } from '../privacy.errors';
import { GRACE_SECONDS } from '../privacy.jobs';
import { DeletionStore } from './deletion.store';
import { DeletionScheduling } from './deletion-scheduling';

/** Accounts that are to be erased at the end of a grace, and those whose owner thought better of it. */
@Injectable()
export class AccountDeletions {
  constructor(
    private readonly store: DeletionStore,
    private readonly accounts: LeavingAccounts,
    private readonly scheduling: DeletionScheduling,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Asking twice gives the same. The other sessions end; signing in goes on to work, so that it can be taken back.
   * @throws LastAdmin when nobody would be left to administrate
   */
  async request(userId: UserId, kept: SessionId): Promise<{ jobId: JobId; dueAt: Date }> {
    return this.database.transaction(async (tx) => {
      const email = await this.accounts.hold(tx, userId);
      if (email === undefined) throw new Unauthenticated();
      const standing = await this.store.lock(tx, userId);
      if (standing !== undefined && (await this.scheduling.isOpen(tx, standing.jobId))) return standing;
      await this.accounts.leave(tx, { userId, id: kept }, email);
      if (standing !== undefined) await this.store.remove(tx, userId);
      const now = this.clock.now();
      const dueAt = secondsAfter(now, GRACE_SECONDS);
      const jobId = await this.scheduling.add(tx, userId, dueAt);
      await this.store.add(tx, { userId, jobId, requestedAt: now, dueAt });
      return { jobId, dueAt };
    });
  }

  /** The account stays. Where nothing was asked for that is so already. @throws DeletionBegun */
  async cancel(userId: UserId): Promise<void> {
    await this.database.transaction(async (tx) => {
      const email = await this.accounts.hold(tx, userId);
      const standing = await this.store.lock(tx, userId);
      if (standing === undefined || email === undefined) return;
      if (standing.begunAt !== null) throw new DeletionBegun();
      await this.scheduling.cancel(tx, standing);
      await this.store.remove(tx, userId);
      await this.accounts.stay(tx, userId, email);
    });
  }
}
