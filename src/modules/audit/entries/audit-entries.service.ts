import { Injectable } from '@nestjs/common';
import { type Page, toPage } from '../../../shared/page';
import { type SubjectKey, type SubjectKeyId, SubjectKeys } from '../../subject-keys';
import { openPersonal } from '../personal-facts';
import type { AuditEntryView, AuditListQuery } from './audit.schema';
import { AuditEntryStore, type StoredAuditEntry } from './audit-entry.store';

/** The audit as people look through it. */
@Injectable()
export class AuditEntries {
  constructor(
    private readonly store: AuditEntryStore,
    private readonly subjects: SubjectKeys,
  ) {}

  /** @param shown whether address and device are opened, which are personal */
  async list({ limit, cursor, ...filter }: AuditListQuery, shown: boolean): Promise<Page<AuditEntryView>> {
    const rows = await this.store.list(filter, limit, cursor);
    const page = toPage(rows, limit, ({ occurredAt, id }) => `${occurredAt.getTime()} ${id}`);
    const keys = shown ? await this.subjects.byIds(keysOf(page.data)) : new Map();
    return { ...page, data: page.data.map((entry) => toView(entry, shown, keys)) };
  }
}

const keysOf = (entries: readonly StoredAuditEntry[]): SubjectKeyId[] => [
  ...new Set(entries.flatMap(({ subjectKey }) => subjectKey ?? [])),
];

function toView(
  entry: StoredAuditEntry,
  shown: boolean,
  keys: ReadonlyMap<SubjectKeyId, SubjectKey>,
): AuditEntryView {
  const key = entry.subjectKey === null ? undefined : keys.get(entry.subjectKey);
  const opened = shown ? openPersonal(key, entry.personal, entry.id) : undefined;
  const ipPrefix = shown ? (opened?.ipPrefix ?? entry.ipPrefix) : null;
  const deviceId = shown ? (opened?.deviceId ?? entry.deviceId) : null;
  const kept = entry.personal !== null || entry.ipPrefix !== null || entry.deviceId !== null;
  return {
    id: entry.id,
    occurredAt: entry.occurredAt.toISOString(),
    actor: entry.actor,
    action: entry.action,
    target: entry.target,
    correlationId: entry.correlationId,
    ipPrefix,
    deviceId,
    personalHidden: kept && ipPrefix === null && deviceId === null,
    facts: entry.details,
  };
}
