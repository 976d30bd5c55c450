import { Injectable } from '@nestjs/common';
import type { JWK } from 'jose';
import type { ColumnType } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import {
  type KeyMaterial,
  type SigningKeyState,
  type SigningKeyStep,
  SigningKeyStore,
  type StoredSigningKey,
} from './signing-key.store';

interface SigningKeyTables {
  'loopin.signing_keys': {
    kid: string;
    state: SigningKeyState;
    public_jwk: ColumnType<JWK, string, never>;
    private_key_sealed: Buffer | null;
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
      .select(['kid', 'state', 'created_at', 'state_changed_at', 'public_jwk', 'private_key_sealed'])
      .orderBy('created_at')
      .execute();
    return rows.map((row) => ({
      kid: row.kid,
      state: row.state,
      createdAt: row.created_at,
      since: row.state_changed_at,
      publicJwk: row.public_jwk,
      privateKeySealed: row.private_key_sealed,
    }));
  }

  async add(tx: Transaction, key: KeyMaterial, state: 'standby' | 'in_use', now: Date): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await tx
      .tables<SigningKeyTables>()
      .insertInto('loopin.signing_keys')
      .values({
        kid: key.kid,
        state,
        public_jwk: JSON.stringify(key.publicJwk),
        private_key_sealed: key.privateKeySealed,
        created_at: now,
        state_changed_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async move(tx: Transaction, kid: string, step: SigningKeyStep, now: Date): Promise<boolean> {
    const { notAfter } = step;
    const { numUpdatedRows } = await tx
      .tables<SigningKeyTables>()
      .updateTable('loopin.signing_keys')
      .set({ state: step.to, state_changed_at: now })
      .where('kid', '=', kid)
      .where('state', '=', step.from)
      .$if(notAfter !== undefined, (query) => query.where('state_changed_at', '<=', notAfter ?? now))
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async destroyPrivateHalf(tx: Transaction, kid: string): Promise<void> {
    await tx
      .tables<SigningKeyTables>()
      .updateTable('loopin.signing_keys')
      .set({ private_key_sealed: null })
      .where('kid', '=', kid)
      .execute();
  }
}
