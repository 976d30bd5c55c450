import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Transaction } from '../../platform/database/transaction';
import { type Gathered, GatheredStore } from './gathered.store';

@Injectable()
export class PgGatheredStore extends GatheredStore {
  async take(tx: Transaction, limit: number): Promise<Gathered[]> {
    const { rows } = await sql<Gathered>`
      with taken as (
        delete from loopin.gathered_events
        where id = any(array(
          select id
          from loopin.gathered_events
          order by id
          limit ${limit}
          for update skip locked
        ))
        returning id, type, group_key, item, occurred_at
      )
      select type, group_key as "groupKey", jsonb_agg(item order by id) as items,
             max(occurred_at) as "occurredAt"
      from taken
      group by type, group_key
      order by min(id)`.execute(tx.tables());
    return rows;
  }
}
