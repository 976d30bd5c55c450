import type { ArchivedTable } from '../../platform/database/archived-table';
import type { UserId } from '../../shared/ids';
import type { SubjectKey } from '../subject-keys';
import type { ArchivedRow } from './archive.store';
import type { ManifestColumn } from './manifest';

/** What takes the place of the personal columns. */
const SEALED: readonly ManifestColumn[] = [
  { name: 'subject_key', type: 'uuid' },
  { name: 'personal', type: 'text' },
];

/** The columns of the lines. */
export function columnsOf({ columns, personal }: ArchivedTable): ManifestColumn[] {
  const kept = columns
    .filter(({ name }) => !personal?.columns.includes(name))
    .map(({ name, type }) => ({ name, type }));
  return personal === undefined ? kept : [...kept, ...SEALED];
}

/** Whose rows these are. */
export const subjectsOf = ({ personal }: ArchivedTable, rows: readonly ArchivedRow[]): UserId[] =>
  personal === undefined ? [] : [...new Set(rows.map((row) => String(row[personal.of]) as UserId))];

/** Puts what is personal in a row under the key of its subject: with the key it is forgotten in every copy. */
export function protect(
  table: ArchivedTable,
  row: ArchivedRow,
  keys: ReadonlyMap<UserId, SubjectKey>,
): ArchivedRow {
  const { personal, name } = table;
  if (personal === undefined) return row;
  const key = keys.get(String(row[personal.of]) as UserId);
  if (key === undefined) throw new Error('a row without the key of its subject is not archived');
  const facts = Object.fromEntries(personal.columns.map((column) => [column, row[column]]));
  const kept = Object.entries(row).filter(([column]) => !personal.columns.includes(column));
  const sealed = key.keyring.seal(JSON.stringify(facts), `archive:${name}`).toString('base64');
  return { ...Object.fromEntries(kept), subject_key: key.id, personal: sealed };
}
