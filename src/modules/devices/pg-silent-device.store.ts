import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../platform/database/database';
import { SilentDeviceStore } from './silent-device.store';

@Injectable()
export class PgSilentDeviceStore extends SilentDeviceStore {
  constructor(private readonly database: Database) {
    super();
  }

  async endPush(before: Date, limit: number, now: Date): Promise<number> {
    const { numAffectedRows } = await sql`
      update loopin.devices
      set push_provider = null,
          push_target = null,
          fallback_provider = null,
          fallback_target = null,
          push_ended_at = ${now},
          push_end_reason = 'dead'
      where id = any(array(
        select id
        from loopin.devices
        where push_target is not null
          and last_seen_at < ${before}
        order by last_seen_at
        limit ${limit}
        for update skip locked
      ))`.execute(this.database.tables());
    return Number(numAffectedRows ?? 0n);
  }
}
