import { Injectable } from '@nestjs/common';
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { type AuditPosition, AuditRecord } from './audit-record';
import type { Seal } from './seal';
import { SealStore } from './seal.store';

/** Any number that nothing else in this database uses. */
const ADVISORY_LOCK = 7_301_500_002;

interface SealTables {
  'loopin.audit_seals': {
    number: string;
    last_position: string;
    last_id: string;
    row_count: number;
    root: Buffer;
    previous: Buffer;
    hash: Buffer;
    sealed_at: Date;
  };
}

/** As Postgres prints it, the time in UTC: the same text on every connection, and in every archive. */
export const AUDIT_RECORD: RawBuilder<{ record: AuditRecord }> = sql`
  json_build_object(
    'id', e.id,
    'occurred_at', to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'actor', e.actor,
    'action', e.action,
    'target', e.target,
    'device_id', e.device_id,
    'ip_prefix', e.ip_prefix,
    'correlation_id', e.correlation_id,
    'details', e.details,
    'position', e.position,
    'subject_key', e.subject_key,
    'personal', encode(e.personal, 'base64')
  ) as record`;

@Injectable()
export class PgSealStore extends SealStore {
  constructor(private readonly database: Database) {
    super();
  }

  async takeTurn(tx: Transaction): Promise<boolean> {
    const { rows } = await sql<{ taken: boolean }>`
      select pg_try_advisory_xact_lock(${ADVISORY_LOCK}::bigint) as taken`.execute(tx.tables());
    return rows[0]?.taken === true;
  }

  async newest(tx?: Transaction): Promise<Seal | undefined> {
    const tables = tx?.tables<SealTables>() ?? this.database.tables<SealTables>();
    const row = await tables
      .selectFrom('loopin.audit_seals')
      .selectAll()
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && toSeal(row);
  }

  async horizon(tx: Transaction): Promise<number> {
    const { rows } = await sql<{ horizon: string }>`
      select pg_snapshot_xmin(pg_current_snapshot())::text::bigint + loopin.audit_position_offset() as horizon`.execute(
      tx.tables(),
    );
    return Number(rows[0]?.horizon ?? 0);
  }

  settledRows(tx: Transaction, after: AuditPosition, horizon: number, limit: number): Promise<AuditRecord[]> {
    return records(tx.tables(), after, sql`e.position < ${horizon}::bigint`, limit);
  }

  async add(tx: Transaction, seal: Seal): Promise<void> {
    await tx
      .tables<SealTables>()
      .insertInto('loopin.audit_seals')
      .values({
        number: String(seal.number),
        last_position: String(seal.last.position),
        last_id: seal.last.id,
        row_count: seal.rowCount,
        root: seal.root,
        previous: seal.previous,
        hash: seal.hash,
        sealed_at: seal.sealedAt,
      })
      .execute();
  }

  rowsBetween(after: AuditPosition, last: AuditPosition, limit: number): Promise<AuditRecord[]> {
    const upTo = sql`(e.position, e.id) <= (${last.position}::bigint, ${last.id}::uuid)`;
    return records(this.database.tables(), after, upTo, limit);
  }

  async after(number: number, limit: number): Promise<Seal[]> {
    const rows = await this.database
      .tables<SealTables>()
      .selectFrom('loopin.audit_seals')
      .selectAll()
      .where('number', '>', String(number))
      .orderBy('number')
      .limit(limit)
      .execute();
    return rows.map(toSeal);
  }

  async unsealed(after: AuditPosition): Promise<{ count: number; oldest: Date | null }> {
    const { rows } = await sql<{ count: number; oldest: Date | null }>`
      select count(*)::int as count, min(e.occurred_at) as oldest
      from loopin.audit_events e
      where (e.position, e.id) > (${after.position}::bigint, ${after.id}::uuid)`.execute(
      this.database.tables(),
    );
    return rows[0] ?? { count: 0, oldest: null };
  }
}

async function records(
  tables: Kysely<unknown>,
  after: AuditPosition,
  until: RawBuilder<unknown>,
  limit: number,
): Promise<AuditRecord[]> {
  const { rows } = await sql<{ record: unknown }>`
    select ${AUDIT_RECORD}
    from loopin.audit_events e
    where (e.position, e.id) > (${after.position}::bigint, ${after.id}::uuid)
      and ${until}
    order by e.position, e.id
    limit ${limit}`.execute(tables);
  return rows.map(({ record }) => AuditRecord.parse(record));
}

const toSeal = (row: Selectable<SealTables['loopin.audit_seals']>): Seal => ({
  number: Number(row.number),
  last: { position: Number(row.last_position), id: row.last_id },
  rowCount: row.row_count,
  root: row.root,
  previous: row.previous,
  hash: row.hash,
  sealedAt: row.sealed_at,
});
