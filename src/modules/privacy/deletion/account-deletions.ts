import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { Unauthenticated } from '../../../shared/domain-error';
import type { JobId, SessionId, UserId } from '../../../shared/ids';
import { LeavingAccounts } from '../../auth';
import { DeletionBegun } from '../privacy.errors';
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
  ) {}

  /**
   * Asking twice gives the same. The other sessions end; signing in goes on to work, so that it can be taken back.
   * @throws LastAdmin when nobody would be left to administrate
   */
  async request(userId: UserId, kept: SessionId): Promise<{ jobId: JobId; dueAt: Date }> {
    return this.database.transaction(async (tx) => {
      const email = await this.accounts.hold(tx, userId);
      if (email === undefined) throw new Unauthenticated();
      const { jobId, dueAt, isNew } = await this.scheduling.schedule(tx, userId, { unused: false });
      if (isNew) await this.accounts.leave(tx, { userId, id: kept }, email);
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
