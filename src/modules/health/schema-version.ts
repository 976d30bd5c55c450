import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database';

/** The newest migration that this build needs: the timestamp of the last file in `supabase/migrations`. */
export const REQUIRED_MIGRATION = '20261123044100';

interface MigrationTables {
  'loopin.applied_migrations': { version: string };
}

@Injectable()
export class SchemaVersion {
  constructor(private readonly database: Database) {}

  /** Whether the database is at or past what this build needs. @throws when it does not answer */
  async isCurrent(): Promise<boolean> {
    const newest = await this.database
      .tables<MigrationTables>()
      .selectFrom('loopin.applied_migrations')
      .select((eb) => eb.fn.max('version').as('version'))
      .executeTakeFirst();
    return (newest?.version ?? '') >= REQUIRED_MIGRATION;
  }
}
