import { Injectable } from '@nestjs/common';
import { type ColumnType, type Kysely, sql } from 'kysely';
import { Database } from '../../platform/database/database';
import type { Transaction } from '../../platform/database/transaction';
import { type AppConfig, NO_CONFIG } from './app-config.schema';
import { AppConfigStore, type AppConfigVersion } from './app-config.store';

interface AppConfigTables {
  'loopin.app_configs': {
    version: number;
    config: ColumnType<AppConfig, string, never>;
    changed_by: string;
    changed_at: Date;
  };
}

@Injectable()
export class PgAppConfigStore extends AppConfigStore {
  constructor(private readonly database: Database) {
    super();
  }

  async newest(): Promise<AppConfigVersion> {
    return newestIn(this.database.tables());
  }

  async lock(tx: Transaction): Promise<AppConfigVersion> {
    const tables = tx.tables<AppConfigTables>();
    await sql`select pg_advisory_xact_lock(hashtextextended('app_config', 0))`.execute(tables);
    return newestIn(tables);
  }

  async add(
    tx: Transaction,
    { version, config, changedAt }: AppConfigVersion,
    changedBy: string,
  ): Promise<void> {
    await tx
      .tables<AppConfigTables>()
      .insertInto('loopin.app_configs')
      .values({
        version,
        config: JSON.stringify(config),
        changed_by: changedBy,
        changed_at: changedAt ?? new Date(0),
      })
      .execute();
  }
}

async function newestIn(tables: Kysely<AppConfigTables>): Promise<AppConfigVersion> {
  const row = await tables
    .selectFrom('loopin.app_configs')
    .select(['version', 'config', 'changed_at'])
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return { version: 0, config: NO_CONFIG, changedAt: null };
  return { version: row.version, config: row.config, changedAt: row.changed_at };
}
