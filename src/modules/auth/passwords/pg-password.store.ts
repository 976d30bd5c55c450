import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { newId, type UserId } from '../../../shared/ids';
import { type NewPasswordHash, PasswordStore } from './password.store';

interface PasswordTables {
  'loopin.users': {
    id: UserId;
    email: string;
    password_hash: string | null;
    password_changed_at: Date | null;
  };
  'loopin.password_history': { id: string; user_id: UserId; password_hash: string; replaced_at: Date };
}

/** With the one in use these are five. */
const KEPT_FORMER = 4;

@Injectable()
export class PgPasswordStore extends PasswordStore {
  constructor(private readonly database: Database) {
    super();
  }

  async formerHashes(userId: UserId): Promise<string[]> {
    const rows = await this.database
      .tables<PasswordTables>()
      .selectFrom('loopin.password_history')
      .select('password_hash')
      .where('user_id', '=', userId)
      .orderBy('id', 'desc')
      .limit(KEPT_FORMER)
      .execute();
    return rows.map((row) => row.password_hash);
  }

  async replace(
    tx: Transaction,
    { userId, email, hash, proved }: NewPasswordHash,
    now: Date,
  ): Promise<boolean> {
    const inUse = await this.lock(tx, userId);
    if (inUse?.email !== email || (proved !== undefined && inUse.password_hash !== proved)) return false;
    if (inUse.password_hash !== null) await this.keep(tx, userId, inUse.password_hash, now);
    await this.set(tx, userId, { password_hash: hash, password_changed_at: now });
    return true;
  }

  async remove(tx: Transaction, userId: UserId, now: Date): Promise<void> {
    const inUse = await this.lock(tx, userId);
    if (inUse?.password_hash == null) return;
    await this.keep(tx, userId, inUse.password_hash, now);
    await this.set(tx, userId, { password_hash: null, password_changed_at: null });
  }

  async rehash(userId: UserId, before: string, after: string): Promise<void> {
    await this.database
      .tables<PasswordTables>()
      .updateTable('loopin.users')
      .set({ password_hash: after })
      .where('id', '=', userId)
      .where('password_hash', '=', before)
      .execute();
  }

  private async keep(tx: Transaction, userId: UserId, hash: string, now: Date): Promise<void> {
    const history = tx.tables<PasswordTables>();
    await history
      .insertInto('loopin.password_history')
      .values({ id: newId(), user_id: userId, password_hash: hash, replaced_at: now })
      .execute();
    await history
      .deleteFrom('loopin.password_history')
      .where('user_id', '=', userId)
      .where('id', 'in', (eb) =>
        eb
          .selectFrom('loopin.password_history')
          .select('id')
          .where('user_id', '=', userId)
          .orderBy('id', 'desc')
          .offset(KEPT_FORMER),
      )
      .execute();
  }

  private async lock(
    tx: Transaction,
    userId: UserId,
  ): Promise<{ email: string; password_hash: string | null } | undefined> {
    return tx
      .tables<PasswordTables>()
      .selectFrom('loopin.users')
      .select(['email', 'password_hash'])
      .where('id', '=', userId)
      .forNoKeyUpdate()
      .executeTakeFirst();
  }

  private async set(
    tx: Transaction,
    userId: UserId,
    columns: Pick<PasswordTables['loopin.users'], 'password_hash' | 'password_changed_at'>,
  ): Promise<void> {
    await tx
      .tables<PasswordTables>()
      .updateTable('loopin.users')
      .set(columns)
      .where('id', '=', userId)
      .execute();
  }
}
