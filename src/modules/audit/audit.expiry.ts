import type { ArchivedTable } from '../../platform/database/archived-table';

const plain = (name: string, type: string) => ({ name, type, sql: `e.${name}` });

/** Every column: the hash of a row is over all of them. What is personal is sealed already. */
export const AUDIT_ARCHIVE: readonly ArchivedTable[] = [
  {
    name: 'audit_events',
    table: 'loopin.audit_events',
    version: 1,
    keepDays: 90,
    archiveYears: 7,
    from: 'loopin.audit_events e',
    time: 'e.occurred_at',
    order: ['position', 'id'],
    columns: [
      plain('id', 'uuid'),
      plain('occurred_at', 'timestamptz'),
      plain('actor', 'text'),
      plain('action', 'text'),
      plain('target', 'text'),
      plain('device_id', 'uuid'),
      plain('ip_prefix', 'text'),
      plain('correlation_id', 'uuid'),
      plain('details', 'jsonb'),
      plain('position', 'bigint'),
      plain('subject_key', 'uuid'),
      plain('personal', 'bytea'),
    ],
    removal: { partition: 'audit_events' },
    sealed: true,
  },
];
