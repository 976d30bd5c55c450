import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { JobId, UserId } from '../../../shared/ids';
import { type ExportPage, ExportStore, type ReadyExport } from './export.store';
import type { ExportSection } from './export-sections';

interface ExportTables {
  'loopin.data_exports': {
    id: JobId;
    user_id: UserId;
    /** Postgres gives a bigint as text. */
    bytes: string;
    ready_at: Date;
    expires_at: Date;
  };
}

const PAGE = 500;

@Injectable()
export class PgExportStore extends ExportStore {
  constructor(private readonly database: Database) {
    super();
  }

  async page(section: ExportSection, userId: UserId, after: string | undefined): Promise<ExportPage> {
    const { table, owner, key, columns, join } = section;
    const selected = [...columns.map((column) => `t.${column}`), ...(join?.columns ?? [])].join(', ');
    const keyText = sql.raw(`t.${key}::text`);
    const { rows } = await sql<{ row: Record<string, unknown>; key: string }>`
      select to_jsonb(s) - '__key' as row, s."__key" as key
      from (
        select ${sql.raw(selected)}, ${keyText} as "__key"
        from ${sql.raw(table)} t ${sql.raw(join?.sql ?? '')}
        where ${sql.raw(`t.${owner}`)} = ${userId}
          and (${after ?? null}::text is null or ${keyText} > ${after ?? null}::text)
        order by ${keyText}
        limit ${PAGE}
      ) s
      order by s."__key"`.execute(this.database.tables());
    const next = rows.length < PAGE ? undefined : rows.at(-1)?.key;
    return { rows: rows.map(({ row }) => camelCased(row)), next };
  }

  async add(tx: Transaction, { id, userId, bytes, readyAt, expiresAt }: ReadyExport): Promise<boolean> {
    const { numAffectedRows } = await sql`
      insert into loopin.data_exports (id, user_id, bytes, ready_at, expires_at)
      select ${id}::uuid, u.id, ${bytes}::bigint, ${readyAt}::timestamptz, ${expiresAt}::timestamptz
      from loopin.users u
      where u.id = ${userId}::uuid
      on conflict (id) do update
      set bytes = excluded.bytes, ready_at = excluded.ready_at, expires_at = excluded.expires_at`.execute(
      tx.tables(),
    );
    return (numAffectedRows ?? 0n) > 0n;
  }

  async find(userId: UserId, id: JobId): Promise<ReadyExport | undefined> {
    const row = await this.database
      .tables<ExportTables>()
      .selectFrom('loopin.data_exports')
      .selectAll()
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return row && { id, userId, bytes: Number(row.bytes), readyAt: row.ready_at, expiresAt: row.expires_at };
  }

  async remove(id: JobId): Promise<void> {
    await this.database
      .tables<ExportTables>()
      .deleteFrom('loopin.data_exports')
      .where('id', '=', id)
      .execute();
  }
}

const camelCased = (row: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
