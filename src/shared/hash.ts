import { createHash, hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a high-entropy secret or of content; never of a password or a short code. */
export function sha256(...parts: readonly (string | Buffer)[]): Buffer {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest();
}

/** SHA-256 in base64, as a key for a map: in one call, which takes half the time. */
export const digestKey = (text: string): string => hash('sha256', text, 'base64');

/** Compares in constant time; different lengths are simply unequal. */
export function equalsInConstantTime(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** 256 bits from the system's generator, base64url: 43 characters. */
export const randomToken = (): string => randomBytes(32).toString('base64url');

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LARGEST_FAIR_BYTE = 256 - (256 % ALPHANUMERIC.length);

/** Random letters and digits, each equally likely (bytes that would favour some are drawn again). */
export function randomAlphanumeric(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < LARGEST_FAIR_BYTE && text.length < length) text += ALPHANUMERIC[byte % ALPHANUMERIC.length];
    }
  }
  return text;
}
