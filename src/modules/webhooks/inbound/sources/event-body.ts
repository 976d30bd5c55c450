import { z } from 'zod';
import { ValidationFailed } from '../../../../shared/domain-error';

/** What ids and types may look like: they are stored, listed and logged. */
export const Word = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'has to be 1 to 255 visible characters');

/** Unix seconds or ISO 8601; whatever else is there is no time of ours to tell. */
export const EventTime = z
  .union([
    z
      .number()
      .min(0)
      .max(1e11)
      .transform((seconds) => new Date(seconds * 1000)),
    z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  ])
  .optional()
  .catch(undefined);

/** Reads what the intake has to know of a body. @throws ValidationFailed when it is not the provider's shape */
export function readEvent<Event>(schema: z.ZodType<Event>, body: Buffer): Event {
  const parsed = schema.safeParse(readJson(body));
  if (parsed.success) return parsed.data;
  throw new ValidationFailed(
    parsed.error.issues.map(({ path, message }) => ({ path: path.join('.') || 'body', message })),
  );
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** An id or a type from a header. @throws ValidationFailed when it can't be one */
export function readWord(header: string, value: string): string {
  const word = Word.safeParse(value);
  if (word.success) return word.data;
  throw new ValidationFailed([{ path: header, message: 'has to be 1 to 255 visible characters' }]);
}
