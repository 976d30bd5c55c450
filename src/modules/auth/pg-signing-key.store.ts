import { Injectable } from '@nestjs/common';
import type { JWK } from 'jose';
import type { ColumnType } from 'kysely';
import { Database } from '../../platform/database/database';
import { type SigningKeyState, SigningKeyStore, type StoredSigningKey } from './signing-key.store';

interface SigningKeyTables {
  'loopin.signing_keys': {
    kid: string;
    state: SigningKeyState;
    public_jwk: ColumnType<JWK, string, never>;
    private_key_sealed: Buffer;
    created_at: Date;
    state_changed_at: Date;
  };
}

@Injectable()
export class PgSigningKeyStore extends SigningKeyStore {
  constructor(private readonly database: Database) {
    super();
  }

  async list(): Promise<StoredSigningKey[]> {
    const rows = await this.database
      .tables<SigningKeyTables>()
      .selectFrom('loopin.signing_keys')
      .select(['kid', 'state', 'public_jwk', 'private_key_sealed'])
      .where('state', '!=', 'revoked')
      .orderBy('created_at')
      .execute();
    return rows.map((row) => ({
      kid: row.kid,
      state: row.state,
      publicJwk: row.public_jwk,
      privateKeySealed: row.private_key_sealed,
    }));
  }

  async addFirst(key: StoredSigningKey, now: Date): Promise<void> {
    await this.database
      .tables<SigningKeyTables>()
      .insertInto('loopin.signing_keys')
      .values({
        kid: key.kid,
        state: key.state,
        public_jwk: JSON.stringify(key.publicJwk),
        private_key_sealed: key.privateKeySealed,
        created_at: now,
        state_changed_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}
