import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../platform/database/database';
import { RunningVersionStore } from './running-version.store';

const MAX_VERSIONS = 5_000;

@Injectable()
export class PgRunningVersionStore extends RunningVersionStore {
  constructor(private readonly database: Database) {
    super();
  }

  /** Steps from version to version along the index devices_platform_version: a probe each, however many devices run it. */
  async versions(platform: string, seenAfter: Date): Promise<readonly string[]> {
    const { rows } = await sql<{ version: string }>`
      with recursive versions (version) as (
        (select app_version from loopin.devices where platform = ${platform} order by app_version limit 1)
        union all
        select (
          select app_version
          from loopin.devices
          where platform = ${platform} and app_version > versions.version
          order by app_version
          limit 1
        )
        from versions
        where version is not null
      )
      select version
      from versions
      where version is not null
        and exists (
          select
          from loopin.devices
          where platform = ${platform} and app_version = version and last_seen_at > ${seenAfter}
        )
      limit ${MAX_VERSIONS}
    `.execute(this.database.tables());
    return rows.map(({ version }) => version);
  }
}
