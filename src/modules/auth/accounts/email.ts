import { domainToASCII } from 'node:url';
import { z } from 'zod';

const MAX_LENGTH = 254;

/** An address as it is stored and compared: trimmed, lower-cased, IDN in ASCII (RFC 5891), plus-tags kept. */
export const Email = z
  .string()
  .max(1_000)
  .transform(normalize)
  .pipe(z.email('is not an e-mail address').max(MAX_LENGTH));

function normalize(value: string): string {
  const address = value.trim().toLowerCase();
  const at = address.lastIndexOf('@');
  return at < 0 ? address : `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1))}`;
}
