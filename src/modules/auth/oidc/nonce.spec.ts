import { createHash } from 'node:crypto';
import { nonceFits } from './nonce';

const NONCE = 'a-nonce-of-the-app';
const digest = createHash('sha256').update(NONCE).digest('hex');

describe('the nonce in a token', () => {
  it.each([
    ['apple', NONCE, digest, true],
    ['apple', NONCE, digest.toUpperCase(), true],
    ['apple', NONCE, NONCE, false],
    ['apple', digest, digest, false],
    ['apple', NONCE, '', false],
    ['google', NONCE, digest, true],
    ['google', NONCE, NONCE, true],
    ['google', digest, digest, false],
    ['google', NONCE, `${NONCE} `, false],
    ['google', NONCE, '', false],
    ['google', 'another-nonce', digest, false],
  ] as const)('of %s: %s against %s fits: %s', (provider, given, inToken, fits) => {
    expect(nonceFits(provider, given, inToken)).toBe(fits);
  });
});
