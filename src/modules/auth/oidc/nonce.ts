import { equalsInConstantTime, sha256 } from '../../../shared/hash';
import type { ProviderName } from './identity-providers';

const SHA_256_HEX = /^[0-9a-f]{64}$/i;

/**
 * Whether a token was made for the nonce that the app chose. The token carries the SHA-256 of it in hex, so that who
 * finds a token does not know what to send beside it. Google's SDK for iOS takes the nonce as it is and so may the
 * token of Google, unless it looks like a digest: then only what it is the digest of will do.
 */
export function nonceFits(provider: ProviderName, given: string, inToken: string): boolean {
  const isDigest = SHA_256_HEX.test(inToken);
  if (!isDigest && provider === 'apple') return false;
  const expected = isDigest ? sha256(given).toString('hex') : given;
  return equalsInConstantTime(Buffer.from(expected), Buffer.from(isDigest ? inToken.toLowerCase() : inToken));
}
