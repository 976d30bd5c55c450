import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { Database } from '../../platform/database/database';
import type { ApiKeyScope } from '../../platform/http/principal';
import type { ApiKeyId } from '../../shared/ids';
import { type ApiKey, ApiKeyStore } from './api-key.store';

interface ApiKeyTable {
  id: ApiKeyId;
  key_id: string;
  secret_hash: Buffer;
  name: string;
  scopes: ApiKeyScope[];
  created_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
}

interface ApiKeyTables {
  'loopin.api_keys': ApiKeyTable;
}

const COLUMNS = [
  'id',
  'key_id',
  'secret_hash',
  'name',
  'scopes',
  'created_at',
  'expires_at',
  'revoked_at',
] as const;

@Injectable()
export class PgApiKeyStore extends ApiKeyStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(key: ApiKey): Promise<void> {
    await this.tables()
      .insertInto('loopin.api_keys')
      .values({
        id: key.id,
        key_id: key.keyId,
        secret_hash: key.secretHash,
        name: key.name,
        scopes: [...key.scopes],
        created_at: key.createdAt,
        expires_at: key.expiresAt,
        revoked_at: key.revokedAt,
      })
      .execute();
  }

  async findByKeyId(keyId: string): Promise<ApiKey | undefined> {
    const row = await this.tables()
      .selectFrom('loopin.api_keys')
      .select(COLUMNS)
      .where('key_id', '=', keyId)
      .executeTakeFirst();
    return row && toApiKey(row);
  }

  async list(limit: number, after: ApiKeyId | undefined): Promise<ApiKey[]> {
    const rows = await this.tables()
      .selectFrom('loopin.api_keys')
      .select(COLUMNS)
      .$if(after !== undefined, (query) => query.where('id', '<', after ?? null))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    return rows.map(toApiKey);
  }

  async revoke(id: ApiKeyId, now: Date): Promise<boolean> {
    const { numUpdatedRows } = await this.tables()
      .updateTable('loopin.api_keys')
      .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(now)) }))
      .where('id', '=', id)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  private tables() {
    return this.database.tables<ApiKeyTables>();
  }
}

function toApiKey(row: Selectable<ApiKeyTable>): ApiKey {
  return {
    id: row.id,
    keyId: row.key_id,
    secretHash: row.secret_hash,
    name: row.name,
    scopes: row.scopes,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}
