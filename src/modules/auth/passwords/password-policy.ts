import { z } from 'zod';

const MIN_LENGTH = 12;
const MAX_LENGTH = 128;
const CLASSES = [
  [/\p{Ll}/u, 'a lower-case letter'],
  [/\p{Lu}/u, 'an upper-case letter'],
  [/\p{Nd}/u, 'a digit'],
  [/[^\p{L}\p{Nd}\s]/u, 'a symbol'],
] as const;

/** A password that somebody chooses: 12 to 128 characters of four kinds. */
export const NewPassword = z
  .string()
  .min(MIN_LENGTH, `needs at least ${MIN_LENGTH} characters`)
  .max(MAX_LENGTH, `may have at most ${MAX_LENGTH} characters`)
  .superRefine((password, context) => {
    for (const [pattern, name] of CLASSES) {
      if (!pattern.test(password)) context.addIssue({ code: 'custom', message: `needs ${name}` });
    }
  });

/** A password that somebody claims to have: only bounded, so that old rules never lock anybody out. */
export const GivenPassword = z.string().min(1).max(MAX_LENGTH);
