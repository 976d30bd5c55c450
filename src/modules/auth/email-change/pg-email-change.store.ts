import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import { type EmailChange, EmailChangeStore, type EmailUndo } from './email-change.store';

interface EmailChangeTables {
  'loopin.email_changes': {
    user_id: UserId;
    new_email: string;
    code_mac: Buffer;
    expires_at: Date;
    tries: number;
  };
  'loopin.email_undos': {
    token_hash: Buffer;
    user_id: UserId;
    old_email: string;
    changed_at: Date;
    expires_at: Date;
  };
}

@Injectable()
export class PgEmailChangeStore extends EmailChangeStore {
  constructor(private readonly database: Database) {
    super();
  }

  async put(tx: Transaction, change: EmailChange): Promise<void> {
    const columns = {
      ...{ new_email: change.newEmail, code_mac: change.codeMac },
      ...{ expires_at: change.expiresAt, tries: 0 },
    };
    await tx
      .tables<EmailChangeTables>()
      .insertInto('loopin.email_changes')
      .values({ user_id: change.userId, ...columns })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(columns))
      .execute();
  }

  async countTry(userId: UserId, maxTries: number, now: Date): Promise<EmailChange | undefined> {
    const row = await this.database
      .tables<EmailChangeTables>()
      .updateTable('loopin.email_changes')
      .set((eb) => ({ tries: eb('tries', '+', 1) }))
      .where('user_id', '=', userId)
      .where('tries', '<', maxTries)
      .where('expires_at', '>', now)
      .returning(['new_email', 'code_mac', 'expires_at'])
      .executeTakeFirst();
    return row && { userId, newEmail: row.new_email, codeMac: row.code_mac, expiresAt: row.expires_at };
  }

  async take(tx: Transaction, { userId, codeMac }: EmailChange): Promise<boolean> {
    const { numDeletedRows } = await tx
      .tables<EmailChangeTables>()
      .deleteFrom('loopin.email_changes')
      .where('user_id', '=', userId)
      .where('code_mac', '=', codeMac)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async addUndo(tx: Transaction, tokenHash: Buffer, undo: EmailUndo, expiresAt: Date): Promise<void> {
    await tx
      .tables<EmailChangeTables>()
      .insertInto('loopin.email_undos')
      .values({
        token_hash: tokenHash,
        user_id: undo.userId,
        old_email: undo.oldEmail,
        changed_at: undo.changedAt,
        expires_at: expiresAt,
      })
      .execute();
  }

  async takeUndo(tx: Transaction, tokenHash: Buffer, now: Date): Promise<EmailUndo | undefined> {
    const tables = tx.tables<EmailChangeTables>();
    const row = await tables
      .deleteFrom('loopin.email_undos')
      .where('token_hash', '=', tokenHash)
      .where('expires_at', '>', now)
      .returning(['user_id', 'old_email', 'changed_at'])
      .executeTakeFirst();
    if (row === undefined) return undefined;
    // first: a change that is being confirmed is waited for, and leaves an undo of its own
    await tables.deleteFrom('loopin.email_changes').where('user_id', '=', row.user_id).execute();
    await tables
      .deleteFrom('loopin.email_undos')
      .where('user_id', '=', row.user_id)
      .where('changed_at', '>=', row.changed_at)
      .execute();
    return { userId: row.user_id, oldEmail: row.old_email, changedAt: row.changed_at };
  }
}
