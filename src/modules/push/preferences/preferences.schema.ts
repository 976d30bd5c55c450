import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { CategoryName, SECURITY } from '../push.schema';

const MAX_CATEGORIES = 100;
/**
 * Names by place only, and UTC: `EST` or `+02:00` mean one thing to the code and another to the database
 * (postgresql.org/docs/17/datetime-posix-timezone-specs.html).
 */
const PLACE = /^(?:UTC|GMT|[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+)+)$/;

const WallClockTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'is not a time of day as HH:MM');
const Timezone = z
  .string()
  .max(64)
  .refine(isPlace, 'is neither a place of the IANA time zones such as Asia/Kolkata nor UTC');

/** By the wall clock of a place: from `start` to before `end`, over midnight where it is earlier; none where equal. */
export const QuietHours = z.strictObject({ start: WallClockTime, end: WallClockTime, timezone: Timezone });
export type QuietHours = z.infer<typeof QuietHours>;

const Categories = z
  .record(CategoryName, z.boolean())
  .refine((categories) => Object.keys(categories).length <= MAX_CATEGORIES, {
    message: `has more than ${MAX_CATEGORIES} categories`,
  })
  .refine((categories) => categories[SECURITY] !== false, {
    message: 'can not be turned off',
    path: [SECURITY],
  });

export class PutPreferencesBody extends createZodDto(
  z.strictObject({ categories: Categories, quietHours: QuietHours.nullable() }),
) {}

/** Categories that are turned off; any other is on. */
export class PreferencesAnswer extends createZodDto(
  z.object({
    categories: z.record(z.string(), z.boolean()),
    quietHours: z.object({ start: z.string(), end: z.string(), timezone: z.string() }).nullable(),
  }),
) {}

function isPlace(zone: string): boolean {
  if (!PLACE.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
