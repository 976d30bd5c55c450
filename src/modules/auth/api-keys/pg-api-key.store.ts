import { Injectable } from '@nestjs/common';
import { type ColumnType, type Generated, type Selectable, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { ApiKeyScope } from '../../../platform/http/principal';
import type { ApiKeyId } from '../../../shared/ids';
import type { PublicJwk } from '../../../shared/public-jwk';
import { type ApiKey, ApiKeyStore, type NewApiKey } from './api-key.store';

interface ApiKeyTable {
  id: ApiKeyId;
  key_id: string;
  secret_hash: Buffer;
  name: string;
  scopes: ApiKeyScope[];
  signing_key: ColumnType<PublicJwk | null, string | null, never>;
  created_at: Date;
  expires_at: Date;
  revoked_at: Generated<Date | null>;
  last_used_at: Generated<Date | null>;
  replaced_by: Generated<ApiKeyId | null>;
  warned_days: Generated<number | null>;
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
  'signing_key',
  'created_at',
  'expires_at',
  'revoked_at',
  'last_used_at',
  'replaced_by',
] as const;

@Injectable()
export class PgApiKeyStore extends ApiKeyStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, key: NewApiKey): Promise<void> {
    await tx
      .tables<ApiKeyTables>()
      .insertInto('loopin.api_keys')
      .values({
        id: key.id,
        key_id: key.keyId,
        secret_hash: key.secretHash,
        name: key.name,
        scopes: [...key.scopes],
        signing_key: key.signingKey && JSON.stringify(key.signingKey),
        created_at: key.createdAt,
        expires_at: key.expiresAt,
      })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          key_id: eb.ref('excluded.key_id'),
          secret_hash: eb.ref('excluded.secret_hash'),
        })),
      )
      .execute();
  }

  async findByKeyId(keyId: string): Promise<ApiKey | undefined> {
    const row = await this.keys().where('key_id', '=', keyId).executeTakeFirst();
    return row && toApiKey(row);
  }

  async lock(tx: Transaction, id: ApiKeyId): Promise<ApiKey | undefined> {
    const row = await tx
      .tables<ApiKeyTables>()
      .selectFrom('loopin.api_keys')
      .select(COLUMNS)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    return row && toApiKey(row);
  }

  async list(limit: number, after: ApiKeyId | undefined): Promise<ApiKey[]> {
    const rows = await this.keys()
      .$if(after !== undefined, (query) => query.where('id', '<', after ?? null))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    return rows.map(toApiKey);
  }

  async revoke(tx: Transaction, id: ApiKeyId, now: Date): Promise<void> {
    await tx
      .tables<ApiKeyTables>()
      .updateTable('loopin.api_keys')
      .set({ revoked_at: now })
      .where('id', '=', id)
      .execute();
  }

  async replace(tx: Transaction, id: ApiKeyId, by: ApiKeyId, expiresAt: Date): Promise<void> {
    await tx
      .tables<ApiKeyTables>()
      .updateTable('loopin.api_keys')
      .set({ replaced_by: by, expires_at: expiresAt })
      .where('id', '=', id)
      .execute();
  }

  async markUsed(uses: ReadonlyMap<ApiKeyId, Date>): Promise<void> {
    await sql`
      update loopin.api_keys as k
      set last_used_at = used.at
      from unnest(${[...uses.keys()]}::uuid[], ${[...uses.values()]}::timestamptz[]) as used (id, at)
      where k.id = used.id
        and (k.last_used_at is null or k.last_used_at <= used.at - interval '1 minute')`.execute(
      this.tables(),
    );
  }

  async claimWarnings(tx: Transaction, days: number, endsBefore: Date, now: Date): Promise<ApiKeyId[]> {
    const rows = await tx
      .tables<ApiKeyTables>()
      .updateTable('loopin.api_keys')
      .set({ warned_days: days })
      .where('revoked_at', 'is', null)
      .where('replaced_by', 'is', null)
      .where('expires_at', '>', now)
      .where('expires_at', '<=', endsBefore)
      .where((eb) => eb.or([eb('warned_days', 'is', null), eb('warned_days', '>', days)]))
      .returning('id')
      .execute();
    return rows.map((row) => row.id);
  }

  private keys() {
    return this.tables().selectFrom('loopin.api_keys').select(COLUMNS);
  }

  private tables() {
    return this.database.tables<ApiKeyTables>();
  }
}

function toApiKey(row: Omit<Selectable<ApiKeyTable>, 'warned_days'>): ApiKey {
  return {
    id: row.id,
    keyId: row.key_id,
    secretHash: row.secret_hash,
    name: row.name,
    scopes: row.scopes,
    signingKey: row.signing_key,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
    replacedBy: row.replaced_by,
  };
}
