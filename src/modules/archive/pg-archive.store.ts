import { Injectable } from '@nestjs/common';
import { type Selectable, sql } from 'kysely';
import type { ArchivedTable } from '../../platform/database/archived-table';
import { Database } from '../../platform/database/database';
import type { Transaction } from '../../platform/database/transaction';
import { type ArchivedRow, type ArchiveRecord, ArchiveStore, type SealRange } from './archive.store';
import { endOf, type Month, monthOf, startOf } from './month';
import { isIn, pageOf } from './pg-month-page';

interface ArchiveTables {
  'loopin.archives': {
    data_class: string;
    month: string;
    schema_version: number;
    row_count: string;
    sha256: Buffer;
    bytes: string;
    object_key: string;
    first_seal: string | null;
    last_seal: string | null;
    archived_at: Date;
    removed_at: Date | null;
  };
}

@Injectable()
export class PgArchiveStore extends ArchiveStore {
  constructor(private readonly database: Database) {
    super();
  }

  async oldestMonth(table: ArchivedTable): Promise<Month | undefined> {
    const time = sql.raw(table.time);
    const { rows } = await this.database.transaction((tx) =>
      sql<{ time: Date }>`
        select ${time} as time
        from ${sql.raw(table.from)}
        order by ${time}
        limit 1`.execute(tx.tables()),
    );
    const [oldest] = rows;
    return oldest && monthOf(oldest.time);
  }

  async countMonth(table: ArchivedTable, month: Month): Promise<number> {
    const { rows } = await this.database.transaction((tx) =>
      sql<{ count: number }>`
        select count(*)::int as count
        from ${sql.raw(table.from)}
        where ${isIn(table, month)}`.execute(tx.tables()),
    );
    return rows[0]?.count ?? 0;
  }

  async page(
    tx: Transaction,
    table: ArchivedTable,
    month: Month,
    after: ArchivedRow | undefined,
    limit: number,
  ): Promise<ArchivedRow[]> {
    return pageOf(tx, table, { month, after, limit });
  }

  async sealsOf(month: Month): Promise<SealRange | undefined> {
    const { rows } = await this.database.transaction((tx) =>
      sql<{ first: string | null; last: string | null }>`
        with ends as (
          select
            (select array[position::text, id::text] from loopin.audit_events
             where occurred_at >= ${startOf(month)} and occurred_at < ${endOf(month)}
             order by position, id limit 1) as first_row,
            (select array[position::text, id::text] from loopin.audit_events
             where occurred_at >= ${startOf(month)} and occurred_at < ${endOf(month)}
             order by position desc, id desc limit 1) as last_row
        )
        select
          (select number from loopin.audit_seals
           where (last_position, last_id) >= (first_row[1]::bigint, first_row[2]::uuid)
           order by last_position, last_id limit 1) as first,
          (select number from loopin.audit_seals
           where (last_position, last_id) >= (last_row[1]::bigint, last_row[2]::uuid)
           order by last_position, last_id limit 1) as last
        from ends`.execute(tx.tables()),
    );
    const [range] = rows;
    if (range?.first == null || range.last == null) return undefined;
    return { first: Number(range.first), last: Number(range.last) };
  }

  async find(dataClass: string, month: Month): Promise<ArchiveRecord | undefined> {
    const row = await this.records()
      .where('data_class', '=', dataClass)
      .where('month', '=', month)
      .executeTakeFirst();
    return row && toRecord(row);
  }

  async list(dataClass?: string): Promise<ArchiveRecord[]> {
    const rows = await this.records()
      .$if(dataClass !== undefined, (query) => query.where('data_class', '=', dataClass ?? ''))
      .orderBy('data_class')
      .orderBy('month')
      .execute();
    return rows.map(toRecord);
  }

  async add(record: ArchiveRecord): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.database
      .tables<ArchiveTables>()
      .insertInto('loopin.archives')
      .values({
        data_class: record.dataClass,
        month: record.month,
        schema_version: record.schemaVersion,
        row_count: String(record.rowCount),
        sha256: record.sha256,
        bytes: String(record.bytes),
        object_key: record.objectKey,
        first_seal: record.seals === undefined ? null : String(record.seals.first),
        last_seal: record.seals === undefined ? null : String(record.seals.last),
        archived_at: record.archivedAt,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  async markRemoved(dataClass: string, month: Month, now: Date): Promise<void> {
    await this.database
      .tables<ArchiveTables>()
      .updateTable('loopin.archives')
      .set({ removed_at: now })
      .where('data_class', '=', dataClass)
      .where('month', '=', month)
      .execute();
  }

  async removeRows(table: ArchivedTable, month: Month, limit: number): Promise<number> {
    if (table.removal === 'sweep' || !('rows' in table.removal))
      throw new Error(`${table.name} does not leave by rows`);
    const alias = sql.raw(table.removal.rows);
    const deletion = sql`
      delete from ${sql.table(table.table)}
      where ctid = any(array(
        select ${alias}.ctid
        from ${sql.raw(table.from)}
        where ${isIn(table, month)}
        order by ${sql.raw(table.time)}
        limit ${limit}
        for update of ${alias} skip locked
      ))`;
    const { numAffectedRows } = await this.database.transaction((tx) => deletion.execute(tx.tables()));
    return Number(numAffectedRows ?? 0n);
  }

  async dropMonth(month: Month): Promise<void> {
    await this.database.transaction((tx) =>
      sql`select loopin.drop_archived_audit_month(${`${month}-01`}::date)`.execute(tx.tables()),
    );
  }

  private records() {
    return this.database.tables<ArchiveTables>().selectFrom('loopin.archives').selectAll();
  }
}

const toRecord = (row: Selectable<ArchiveTables['loopin.archives']>): ArchiveRecord => ({
  dataClass: row.data_class,
  month: row.month,
  schemaVersion: row.schema_version,
  rowCount: Number(row.row_count),
  sha256: row.sha256,
  bytes: Number(row.bytes),
  objectKey: row.object_key,
  seals:
    row.first_seal === null || row.last_seal === null
      ? undefined
      : { first: Number(row.first_seal), last: Number(row.last_seal) },
  archivedAt: row.archived_at,
  removedAt: row.removed_at ?? undefined,
});
