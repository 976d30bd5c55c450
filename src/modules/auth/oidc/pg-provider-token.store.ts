import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { AuthorizationCodeId, UserId } from '../../../shared/ids';
import type { IdentityTables } from './identity.tables';
import { ProviderTokenStore, type SealedCode, type SealedRefreshToken } from './provider-token.store';

@Injectable()
export class PgProviderTokenStore extends ProviderTokenStore {
  constructor(private readonly database: Database) {
    super();
  }

  async addCode(tx: Transaction, code: SealedCode): Promise<void> {
    await tx
      .tables<IdentityTables>()
      .insertInto('loopin.authorization_codes')
      .values({
        id: code.id,
        identity_id: code.identityId,
        client_id: code.clientId,
        code_sealed: code.sealed,
        expires_at: code.expiresAt,
      })
      .execute();
  }

  async findCode(id: AuthorizationCodeId): Promise<SealedCode | undefined> {
    const row = await this.database
      .tables<IdentityTables>()
      .selectFrom('loopin.authorization_codes')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return (
      row && {
        id: row.id,
        identityId: row.identity_id,
        clientId: row.client_id,
        sealed: row.code_sealed,
        expiresAt: row.expires_at,
      }
    );
  }

  async exchanged(
    code: AuthorizationCodeId,
    { identityId, clientId, sealed }: SealedRefreshToken,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx
        .tables<IdentityTables>()
        .updateTable('loopin.identities')
        .set({ refresh_token_sealed: sealed, refresh_token_client_id: clientId })
        .where('id', '=', identityId)
        .execute();
      await tx
        .tables<IdentityTables>()
        .deleteFrom('loopin.authorization_codes')
        .where('id', '=', code)
        .execute();
    });
  }

  async dropCode(id: AuthorizationCodeId): Promise<void> {
    await this.database
      .tables<IdentityTables>()
      .deleteFrom('loopin.authorization_codes')
      .where('id', '=', id)
      .execute();
  }

  async refreshTokensOf(userId: UserId): Promise<SealedRefreshToken[]> {
    const rows = await this.database
      .tables<IdentityTables>()
      .selectFrom('loopin.identities')
      .select(['id', 'refresh_token_client_id', 'refresh_token_sealed'])
      .where('user_id', '=', userId)
      .execute();
    return rows.flatMap(({ id, refresh_token_client_id: clientId, refresh_token_sealed: sealed }) =>
      clientId === null || sealed === null ? [] : [{ identityId: id, clientId, sealed }],
    );
  }

  async forgetRefreshToken({ identityId, sealed }: SealedRefreshToken): Promise<void> {
    await this.database
      .tables<IdentityTables>()
      .updateTable('loopin.identities')
      .set({ refresh_token_sealed: null, refresh_token_client_id: null })
      .where('id', '=', identityId)
      .where('refresh_token_sealed', '=', sealed)
      .execute();
  }
}
