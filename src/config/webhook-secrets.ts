import { z } from 'zod';

const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** Standard Webhooks asks for 24 to 64 bytes. */
const LEAST_STANDARD_BYTES = 24;

const items = (separator: RegExp) =>
  z.string().transform((text) =>
    text
      .split(separator)
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );

/** `new,old`: each verifies, so that a secret can be replaced while its source still signs with the old one. */
export const secretList = (leastCharacters: number) =>
  items(/,/).pipe(z.array(z.string().min(leastCharacters)).min(1));

/**
 * Secrets of Standard Webhooks: base64 after `whsec_`. Supabase writes `v1,whsec_…`, and several with `|` between.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const standardSecretList = items(/[,|]/)
  .transform((list) => list.filter((item) => item !== 'v1'))
  .pipe(z.array(z.string().transform(decode)).min(1));

function decode(text: string, context: z.RefinementCtx): Buffer {
  const encoded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  const secret = Buffer.from(encoded, 'base64');
  if (BASE64.test(encoded) && secret.length >= LEAST_STANDARD_BYTES) return secret;
  context.addIssue({
    code: 'custom',
    message: `must be ${PREFIX} and base64 of at least ${LEAST_STANDARD_BYTES} bytes`,
  });
  return z.NEVER;
}
