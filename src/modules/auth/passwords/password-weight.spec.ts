import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { COMMON_WORDS } from './common-words';
import { passwordWeight } from './password-weight';

const COMMON_BELOW = 6;

describe('the weight of a password', () => {
  it.each([
    'Password1234!',
    'P@ssw0rd1234',
    'P@$$w0rd!!2026',
    'Qwertyuiop1!',
    'Qwerty!2345678',
    'Abcdefgh1234!',
    'Iloveyou2024!!',
    '1Qaz2wsx3edc!',
    '!QAZ2wsx3edc',
    'Aa1!aaaaaaaa',
    'Ab1!Ab1!Ab1!',
    'Welcome12345!',
    'Admin@123456',
    'Drag0n!!!!!!',
    'PasswordPassword1!',
  ])('is small for %s', (password) => {
    expect(passwordWeight(password)).toBeLessThan(COMMON_BELOW);
  });

  it.each([
    'Correct-Horse-9-Battery',
    'Correct-horse-7',
    'tr0ub4dor&3-Xy',
    'Loopin-Test-2026!',
    'mJ4#vq9Lw!zT',
    'Blue!Kettle7moon',
    'Sup3r-Str0ng-Pass!',
  ])('is enough for %s', (password) => {
    expect(passwordWeight(password)).toBeGreaterThanOrEqual(COMMON_BELOW);
  });

  it('is small for any common word with decorations at its ends', () => {
    const decorated = fc.tuple(
      fc.constantFrom('', '!', '1', '_'),
      fc.constantFrom(...COMMON_WORDS),
      fc.constantFrom('!', '1!', '123!', '2026', '2026!', '!!!!', '12345!', '1990$'),
    );
    fc.assert(
      fc.property(decorated, ([front, word, end]) => {
        const password = `${front}${word.slice(0, 1).toUpperCase()}${word.slice(1)}${end}`;
        expect(passwordWeight(password)).toBeLessThan(COMMON_BELOW);
      }),
    );
  });

  it('is enough for random ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0 }), (seed) => {
        const random = createHash('sha256').update(String(seed)).digest('base64').slice(0, 12);
        expect(passwordWeight(random)).toBeGreaterThanOrEqual(COMMON_BELOW);
      }),
    );
  });

  it('is never more than the length, and never shrinks when a character is added', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 128 }), fc.string({ minLength: 1, maxLength: 1 }), (text, more) => {
        expect(passwordWeight(text)).toBeLessThanOrEqual(text.length);
        expect(passwordWeight(text + more)).toBeLessThanOrEqual(passwordWeight(text) + 1);
      }),
    );
  });

  it('is that of one repetition for the longest passwords', () => {
    expect(passwordWeight('aB1!'.repeat(32))).toBe(5);
    expect(passwordWeight('a'.repeat(128))).toBe(1);
  });
});
