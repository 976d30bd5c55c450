import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import { type Identity, type IdentityOwner, IdentityStore } from './identity.store';
import type { IdentityTables } from './identity.tables';
import type { ProviderName } from './identity-providers';

@Injectable()
export class PgIdentityStore extends IdentityStore {
  constructor(private readonly database: Database) {
    super();
  }

  async findOwner(
    provider: ProviderName,
    subject: string,
    tx?: Transaction,
  ): Promise<IdentityOwner | undefined> {
    const row = await this.identities(tx)
      .select(['id', 'user_id'])
      .where('provider', '=', provider)
      .where('subject', '=', subject)
      .executeTakeFirst();
    return row && { id: row.id, userId: row.user_id };
  }

  async hasIdentity(userId: UserId, provider: ProviderName): Promise<boolean> {
    const row = await this.identities()
      .select('id')
      .where('user_id', '=', userId)
      .where('provider', '=', provider)
      .executeTakeFirst();
    return row !== undefined;
  }

  async add(tx: Transaction, identity: Identity, now: Date): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await tx
      .tables<IdentityTables>()
      .insertInto('loopin.identities')
      .values({
        id: identity.id,
        user_id: identity.userId,
        provider: identity.provider,
        subject: identity.subject,
        email: identity.email,
        created_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async unlinkSince(tx: Transaction, userId: UserId, since: Date): Promise<void> {
    await tx
      .tables<IdentityTables>()
      .deleteFrom('loopin.identities')
      .where('user_id', '=', userId)
      .where('created_at', '>=', since)
      .execute();
  }

  async spendToken(tx: Transaction, hash: Buffer, expiresAt: Date): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await tx
      .tables<IdentityTables>()
      .insertInto('loopin.spent_id_tokens')
      .values({ token_hash: hash, expires_at: expiresAt })
      .onConflict((conflict) => conflict.column('token_hash').doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  private identities(scope: Pick<Transaction, 'tables'> = this.database) {
    return scope.tables<IdentityTables>().selectFrom('loopin.identities');
  }
}
