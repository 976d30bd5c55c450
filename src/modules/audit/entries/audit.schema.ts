import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { pageOf, pageQueryBy } from '../../../shared/page';

const Moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const Name = z.string().min(1).max(255);

const Position = z
  .string()
  .regex(/^\d{1,16} [0-9a-f-]{36}$/, 'is not a cursor of this list')
  .transform((text) => {
    const [ms, id = ''] = text.split(' ');
    return { occurredAt: new Date(Number(ms)), id };
  })
  .pipe(
    z.object({
      occurredAt: z.date('is not a cursor of this list'),
      id: z.guid('is not a cursor of this list'),
    }),
  );

/** Which entries are meant: from `since` on and before `until`. */
export const AuditFilter = z.strictObject({
  actor: Name.optional(),
  target: Name.optional(),
  action: Name.optional(),
  since: Moment.optional(),
  until: Moment.optional(),
});
export type AuditFilter = z.infer<typeof AuditFilter>;

export const AuditListQuery = z.strictObject({ ...pageQueryBy(Position).shape, ...AuditFilter.shape });
export type AuditListQuery = z.infer<typeof AuditListQuery>;
export class AuditQuery extends createZodDto(AuditListQuery) {}

const AuditEntryView = z.object({
  id: z.string(),
  occurredAt: z.string(),
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  correlationId: z.string().nullable(),
  /** The network it came from, /24 or /48. */
  ipPrefix: z.string().nullable(),
  deviceId: z.string().nullable(),
  /** Whether address and device were kept, and are not shown: masked for whoever asks, or of a person who is forgotten. */
  personalHidden: z.boolean(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type AuditEntryView = z.infer<typeof AuditEntryView>;
export class AuditAnswer extends createZodDto(pageOf(AuditEntryView)) {}
