import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Transaction } from '../../platform/database/transaction';
import { type SealedSubjectKey, type SubjectKeyId, SubjectKeys, subjectKeyInsert } from '../subject-keys';
import { AuditStore, type NewAuditRow } from './audit.store';
import { sealPersonal } from './personal-facts';

interface Sealed {
  readonly ipPrefix: string | null;
  readonly subjectKey: SubjectKeyId | null;
  readonly personal: Buffer | null;
  readonly unsaved?: SealedSubjectKey | undefined;
}

@Injectable()
export class PgAuditStore extends AuditStore {
  /** @param subjects may be missing where nobody is at the other end of a wire, as in the operators' commands */
  constructor(private readonly subjects?: SubjectKeys) {
    super();
  }

  async add(tx: Transaction, rows: readonly NewAuditRow[]): Promise<void> {
    const sealed = rows.map((row) => ({ row, ...this.seal(tx, row) }));
    const savedKeys = sealed
      .flatMap(({ row, unsaved }) =>
        unsaved === undefined ? [] : [subjectKeyInsert(unsaved, row.occurredAt)],
      )
      .map((insert, index) => sql`${sql.id(`saved_key_${index}`)} as (${insert})`);
    const values = sealed.map(
      ({ row, ipPrefix, subjectKey, personal }) => sql`(
        ${row.id}, ${row.occurredAt}, ${row.actor}, ${row.action}, ${row.target}, ${ipPrefix},
        ${row.correlationId ?? null}, ${JSON.stringify(row.details ?? {})}, ${subjectKey}, ${personal}
      )`,
    );
    const insert = sql`
      insert into loopin.audit_events (
        id, occurred_at, actor, action, target, ip_prefix, correlation_id, details, subject_key, personal
      )
      values ${sql.join(values)}`;
    // one statement in both cases: one round trip
    const statement = savedKeys.length === 0 ? insert : sql`with ${sql.join(savedKeys)} ${insert}`;
    await statement.execute(tx.tables());
  }

  private seal(tx: Transaction, { id, personal, subject }: NewAuditRow): Sealed {
    const nothing = { ipPrefix: null, subjectKey: null, personal: null };
    if (personal.ipPrefix === undefined && personal.deviceId === undefined) return nothing;
    if (subject === undefined) return { ...nothing, ipPrefix: personal.ipPrefix ?? null };
    if (this.subjects === undefined) return nothing;
    const key = this.subjects.forWriting(tx, subject);
    return {
      ipPrefix: null,
      subjectKey: key.id,
      personal: sealPersonal(key, personal, id),
      unsaved: key.unsaved,
    };
  }
}
