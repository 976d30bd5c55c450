import { Injectable } from '@nestjs/common';
import type { Generated } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import { type PasswordChangeToken, PasswordChangeTokenStore } from './password-change-token.store';

interface TokenTables {
  'loopin.password_change_tokens': {
    token_hash: Buffer;
    user_id: UserId;
    expires_at: Date;
    tries: Generated<number>;
  };
}

@Injectable()
export class PgPasswordChangeTokenStore extends PasswordChangeTokenStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(token: PasswordChangeToken): Promise<void> {
    await this.database
      .tables<TokenTables>()
      .insertInto('loopin.password_change_tokens')
      .values({ token_hash: token.hash, user_id: token.userId, expires_at: token.expiresAt })
      .execute();
  }

  async countTry(hash: Buffer, maxTries: number, now: Date): Promise<UserId | undefined> {
    const row = await this.database
      .tables<TokenTables>()
      .updateTable('loopin.password_change_tokens')
      .set((eb) => ({ tries: eb('tries', '+', 1) }))
      .where('token_hash', '=', hash)
      .where('tries', '<', maxTries)
      .where('expires_at', '>', now)
      .returning('user_id')
      .executeTakeFirst();
    return row?.user_id;
  }

  async take(tx: Transaction, hash: Buffer): Promise<boolean> {
    const { numDeletedRows } = await tx
      .tables<TokenTables>()
      .deleteFrom('loopin.password_change_tokens')
      .where('token_hash', '=', hash)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async endAll(tx: Transaction, userId: UserId): Promise<void> {
    await tx
      .tables<TokenTables>()
      .deleteFrom('loopin.password_change_tokens')
      .where('user_id', '=', userId)
      .execute();
  }
}
