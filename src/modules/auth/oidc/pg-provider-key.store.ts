import { Injectable } from '@nestjs/common';
import { type ColumnType, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { ProviderName } from './identity-providers';
import { ProviderJwks, type ProviderKeySet, ProviderKeyStore } from './provider-key.store';

interface ProviderKeyTables {
  'loopin.provider_keys': {
    provider: ProviderName;
    keys: ColumnType<unknown, string, string>;
    fetched_at: Date;
  };
}

@Injectable()
export class PgProviderKeyStore extends ProviderKeyStore {
  constructor(private readonly database: Database) {
    super();
  }

  async load(provider: ProviderName): Promise<ProviderKeySet | undefined> {
    const row = await this.database
      .tables<ProviderKeyTables>()
      .selectFrom('loopin.provider_keys')
      .select(['keys', 'fetched_at'])
      .where('provider', '=', provider)
      .executeTakeFirst();
    const keys = ProviderJwks.safeParse({ keys: row?.keys }).data;
    return row === undefined || keys === undefined ? undefined : { keys, fetchedAt: row.fetched_at };
  }

  async save(provider: ProviderName, { keys, fetchedAt }: ProviderKeySet): Promise<void> {
    await this.database
      .tables<ProviderKeyTables>()
      .insertInto('loopin.provider_keys')
      .values({ provider, keys: JSON.stringify(keys), fetched_at: fetchedAt })
      .onConflict((conflict) =>
        conflict
          .column('provider')
          .doUpdateSet((eb) => ({
            keys: sql<string>`excluded.keys`,
            fetched_at: eb.ref('excluded.fetched_at'),
          }))
          .where(sql`provider_keys.fetched_at`, '<', fetchedAt),
      )
      .execute();
  }
}
