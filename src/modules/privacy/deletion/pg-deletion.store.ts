import { Injectable } from '@nestjs/common';
import type { Generated } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import type { JobId, UserId } from '../../../shared/ids';
import { type Deletion, DeletionStore } from './deletion.store';

interface DeletionTables {
  'loopin.account_deletions': {
    user_id: UserId;
    job_id: JobId;
    requested_at: Date;
    due_at: Date;
    begun_at: Generated<Date | null>;
  };
}

@Injectable()
export class PgDeletionStore extends DeletionStore {
  async lock(tx: Transaction, userId: UserId): Promise<Deletion | undefined> {
    return tx
      .tables<DeletionTables>()
      .selectFrom('loopin.account_deletions')
      .select([
        'user_id as userId',
        'job_id as jobId',
        'requested_at as requestedAt',
        'due_at as dueAt',
        'begun_at as begunAt',
      ])
      .where('user_id', '=', userId)
      .forUpdate()
      .executeTakeFirst();
  }

  async add(
    tx: Transaction,
    { userId, jobId, requestedAt, dueAt }: Omit<Deletion, 'begunAt'>,
  ): Promise<void> {
    await tx
      .tables<DeletionTables>()
      .insertInto('loopin.account_deletions')
      .values({ user_id: userId, job_id: jobId, requested_at: requestedAt, due_at: dueAt })
      .execute();
  }

  async remove(tx: Transaction, userId: UserId): Promise<void> {
    await tx
      .tables<DeletionTables>()
      .deleteFrom('loopin.account_deletions')
      .where('user_id', '=', userId)
      .execute();
  }

  async begin(tx: Transaction, userId: UserId, now: Date): Promise<void> {
    await tx
      .tables<DeletionTables>()
      .updateTable('loopin.account_deletions')
      .set({ begun_at: now })
      .where('user_id', '=', userId)
      .execute();
  }
}
