import fc from 'fast-check';
import { equalsInConstantTime, randomAlphanumeric, randomToken, sha256 } from './hash';

describe('hashes and random text', () => {
  it('hashes parts as one', () => {
    expect(sha256('ab', Buffer.from('c'))).toEqual(sha256('abc'));
  });

  it('compares like equality', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        const [left, right] = [Buffer.from(a), Buffer.from(b)];
        expect(equalsInConstantTime(left, right)).toBe(left.equals(right));
        expect(equalsInConstantTime(left, Buffer.from(left))).toBe(true);
      }),
    );
  });

  it('makes letters and digits of any length, never twice the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 64 }), (length) => {
        const text = randomAlphanumeric(length);
        expect(text).toMatch(/^[0-9A-Za-z]*$/);
        expect(text).toHaveLength(length);
        expect(randomAlphanumeric(length)).not.toBe(text);
      }),
    );
  });

  it('makes tokens of 256 bits', () => {
    expect(randomToken()).toMatch(/^[\w-]{43}$/);
  });
});
