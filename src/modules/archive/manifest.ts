import { z } from 'zod';
import type { ArchiveRecord } from './archive.store';
import type { Month } from './month';

/** Stands beside each archived month, and says all that is needed to read it without a database. */
export const Manifest = z.object({
  dataClass: z.string(),
  month: z.string().regex(/^\d{4}-\d{2}$/),
  schemaVersion: z.number().int(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.number().int(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int(),
  object: z.string(),
  seals: z.object({ first: z.number().int(), last: z.number().int() }).nullable(),
  archivedAt: z.string(),
});
export type Manifest = z.infer<typeof Manifest>;

/** A column of the lines, and its type in Postgres. */
export type ManifestColumn = Manifest['columns'][number];

export const manifestKey = (dataClass: string, month: Month): string => `${dataClass}/${month}/manifest.json`;

export const manifestOf = (record: ArchiveRecord, columns: readonly ManifestColumn[]): Manifest => ({
  dataClass: record.dataClass,
  month: record.month,
  schemaVersion: record.schemaVersion,
  columns: [...columns],
  rows: record.rowCount,
  sha256: record.sha256.toString('hex'),
  bytes: record.bytes,
  object: record.objectKey,
  seals: record.seals ?? null,
  archivedAt: record.archivedAt.toISOString(),
});
