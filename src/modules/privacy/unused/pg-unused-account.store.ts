import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import { UnusedAccountStore } from './unused-account.store';

@Injectable()
export class PgUnusedAccountStore extends UnusedAccountStore {
  constructor(private readonly database: Database) {
    super();
  }

  /** Not on a pipelined connection: it may take longer than those behind it want to wait. */
  async find(before: Date, limit: number): Promise<UserId[]> {
    const { rows } = await this.database.transaction((tx) =>
      sql<{ id: UserId }>`
        select u.id
        from loopin.users u
        where ${isUnused(before)}
          and not 'admin' = any(u.roles)
          and not exists (select from loopin.account_deletions a where a.user_id = u.id)
        order by u.created_at, u.id
        limit ${limit}`.execute(tx.tables()),
    );
    return rows.map(({ id }) => id);
  }

  async hold(tx: Transaction, userId: UserId, before: Date): Promise<string | undefined> {
    const { rows } = await sql<{ email: string }>`
      select u.email
      from loopin.users u
      where u.id = ${userId}
        and ${isUnused(before)}
        and not 'admin' = any(u.roles)
      for no key update of u`.execute(tx.tables());
    return rows[0]?.email;
  }
}

const isUnused = (before: Date): RawBuilder<unknown> => sql`
  u.created_at < ${before}
  and coalesce(u.last_seen_at < ${before}, true)
  and not exists (select from loopin.devices d where d.user_id = u.id and d.last_seen_at >= ${before})
  and not exists (select from loopin.sessions s where s.user_id = u.id and s.last_used_at >= ${before})`;
