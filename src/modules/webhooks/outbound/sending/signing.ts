import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
/** Standard Webhooks asks for 24 to 64. */
const SECRET_BYTES = 32;

/** A secret as receivers paste it into their library: `whsec_` and base64. */
export const newSecret = (): string => PREFIX + randomBytes(SECRET_BYTES).toString('base64');

/** What an HMAC is made with: once for many webhooks. */
export const toSigningKey = (secret: string): KeyObject =>
  createSecretKey(secret.slice(PREFIX.length), 'base64');

/**
 * `webhook-signature`: HMAC-SHA256 over `id.timestamp.body` by each key, the newest first; a receiver takes the one it
 * knows. By OpenSSL: the library `standardwebhooks` hashes in JavaScript, which takes ten times as long.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function sign(keys: readonly KeyObject[], id: string, timestamp: string, body: string): string {
  const content = `${id}.${timestamp}.${body}`;
  return keys.map((key) => `v1,${createHmac('sha256', key).update(content).digest('base64')}`).join(' ');
}
