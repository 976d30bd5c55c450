import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { AuditFilter } from './audit.schema';
import { type AuditCursor, AuditEntryStore, type StoredAuditEntry } from './audit-entry.store';

@Injectable()
export class PgAuditEntryStore extends AuditEntryStore {
  constructor(private readonly database: Database) {
    super();
  }

  async list(
    filter: AuditFilter,
    limit: number,
    after: AuditCursor | undefined,
  ): Promise<StoredAuditEntry[]> {
    const { rows } = await sql<StoredAuditEntry>`
      select e.id,
        e.occurred_at as "occurredAt",
        e.actor,
        e.action,
        e.target,
        e.device_id as "deviceId",
        e.ip_prefix as "ipPrefix",
        e.correlation_id as "correlationId",
        e.details,
        e.subject_key as "subjectKey",
        e.personal
      from loopin.audit_events e
      where ${conditions(filter, after)}
      order by e.occurred_at desc, e.id desc
      limit ${limit + 1}`.execute(this.database.tables());
    return rows;
  }
}

/** What is not asked for is not in it, so each way of asking has its index. */
function conditions(
  { actor, target, action, since, until }: AuditFilter,
  after: AuditCursor | undefined,
): RawBuilder<unknown> {
  const asked = [
    actor === undefined ? undefined : sql`e.actor = ${actor}`,
    target === undefined ? undefined : sql`e.target = ${target}`,
    action === undefined ? undefined : sql`e.action = ${action}`,
    since === undefined ? undefined : sql`e.occurred_at >= ${since}`,
    until === undefined ? undefined : sql`e.occurred_at < ${until}`,
    after === undefined ? undefined : sql`(e.occurred_at, e.id) < (${after.occurredAt}, ${after.id}::uuid)`,
  ].filter((condition) => condition !== undefined);
  return asked.length === 0 ? sql`true` : sql.join(asked, sql` and `);
}
