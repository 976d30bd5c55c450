import { z } from 'zod';

const Fact = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/**
 * A row as it is hashed and archived, every value as Postgres prints it (`row_to_json`, time zone UTC): a change of a
 * microsecond is a change. The order of the members is part of the format: a new column goes to the end, under a new
 * version, and is left out where it is missing.
 */
export const AuditRecord = z.object({
  id: z.string(),
  occurred_at: z.string(),
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  device_id: z.string().nullable(),
  ip_prefix: z.string().nullable(),
  correlation_id: z.string().nullable(),
  details: z.record(z.string(), Fact),
  position: z.number().int(),
  subject_key: z.string().nullable(),
  /** Ciphertext: it stays when the key is gone, and so does its hash. */
  personal: z.string().nullable(),
});
export type AuditRecord = z.infer<typeof AuditRecord>;

const FORMAT = 1;

/** What is hashed: one text for one row, whatever wrote it. */
export function canonical(record: AuditRecord): string {
  const details = Object.entries(record.details).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    FORMAT,
    record.id,
    record.occurred_at,
    record.actor,
    record.action,
    record.target,
    record.device_id,
    record.ip_prefix,
    record.correlation_id,
    details,
    record.position,
    record.subject_key,
    record.personal,
  ]);
}

/** Where a row stands among all: by its transaction, then by its id. */
export interface AuditPosition {
  readonly position: number;
  readonly id: string;
}

export const BEGINNING: AuditPosition = { position: 0, id: '00000000-0000-0000-0000-000000000000' };

/** @returns negative when `a` stands before `b` */
export function comparePositions(a: AuditPosition, b: AuditPosition): number {
  if (a.position !== b.position) return a.position - b.position;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}
