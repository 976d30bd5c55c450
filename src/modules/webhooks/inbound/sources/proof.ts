import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { MINUTE } from '../../../../shared/clock';
import { equalsInConstantTime } from '../../../../shared/hash';
import { InvalidSignature } from '../webhooks.errors';

/** How far a signed time may be from ours, either way. */
const TOLERANCE_SECONDS = 5 * MINUTE;
const UNIX_SECONDS = /^\d{1,12}$/;

export const toKeys = (secrets: readonly (string | Buffer)[]): readonly KeyObject[] =>
  secrets.map((secret) =>
    typeof secret === 'string' ? createSecretKey(secret, 'utf8') : createSecretKey(secret),
  );

/** A header that stands there once and is not empty. @throws InvalidSignature otherwise */
export function requiredHeader(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  if (typeof value !== 'string' || value === '') throw new InvalidSignature({ detail: `${name} is missing` });
  return value;
}

/**
 * Whether one of the signatures is the HMAC-SHA256 of the parts under one of the keys. Their text is compared, not
 * what it decodes to: a decoder forgives what nobody has signed.
 * @throws InvalidSignature when none is
 */
export function assertSigned(
  keys: readonly KeyObject[],
  parts: readonly (string | Buffer)[],
  signatures: readonly string[],
  encoding: 'hex' | 'base64',
): void {
  let signed = false;
  for (const key of keys) {
    const hmac = createHmac('sha256', key);
    for (const part of parts) hmac.update(part);
    const expected = Buffer.from(hmac.digest(encoding));
    // all of them are compared, so that the time tells nothing of which it was
    for (const signature of signatures) {
      signed = equalsInConstantTime(Buffer.from(signature), expected) || signed;
    }
  }
  if (!signed) throw new InvalidSignature();
}

/** @param seconds since 1970, as signed @throws InvalidSignature when it is no time, or not within 5 min of now */
export function assertRecent(seconds: string, now: Date): void {
  const age = Math.abs(now.getTime() / 1000 - Number(seconds));
  if (!UNIX_SECONDS.test(seconds) || age > TOLERANCE_SECONDS) throw new InvalidSignature();
}
