import { Injectable } from '@nestjs/common';
import { type Generated, sql } from 'kysely';
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
    unused: boolean;
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
        'unused',
      ])
      .where('user_id', '=', userId)
      .forUpdate()
      .executeTakeFirst();
  }

  async add(
    tx: Transaction,
    { userId, jobId, requestedAt, dueAt, unused }: Omit<Deletion, 'begunAt'>,
  ): Promise<void> {
    await tx
      .tables<DeletionTables>()
      .insertInto('loopin.account_deletions')
      .values({ user_id: userId, job_id: jobId, requested_at: requestedAt, due_at: dueAt, unused })
      .execute();
  }

  async askFor(tx: Transaction, userId: UserId): Promise<void> {
    await tx
      .tables<DeletionTables>()
      .updateTable('loopin.account_deletions')
      .set({ unused: false })
      .where('user_id', '=', userId)
      .execute();
  }

  async wasUsedSince(tx: Transaction, userId: UserId, time: Date): Promise<boolean> {
    const { rows } = await sql<{ used: boolean }>`
      select exists (select from loopin.users u where u.id = ${userId} and u.last_seen_at > ${time})
        or exists (select from loopin.devices d where d.user_id = ${userId} and d.last_seen_at > ${time})
        or exists (select from loopin.sessions s where s.user_id = ${userId} and s.last_used_at > ${time})
        as used`.execute(tx.tables());
    return rows[0]?.used === true;
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
