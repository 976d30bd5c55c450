import fc from 'fast-check';
import { GivenPassword, NewPassword } from './password-policy';

const reasons = (password: string) =>
  NewPassword.safeParse(password).error?.issues.map(({ message }) => message) ?? [];

describe('a new password', () => {
  it.each(['Correct-Horse-7', 'Ünïcödé-Pässwörd-1', 'aA1 !aaaaaaaaaaaa', `Aa1!${'x'.repeat(124)}`])(
    '%j is good',
    (password) => {
      expect(reasons(password)).toEqual([]);
    },
  );

  it.each([
    ['Aa1!short', ['needs at least 12 characters']],
    ['aaaaaaaaaaaaaa', ['needs an upper-case letter', 'needs a digit', 'needs a symbol']],
    ['AAAAAAAAAA1!', ['needs a lower-case letter']],
    ['Aaaaaaaaaaa 1', ['needs a symbol']],
    [`Aa1!${'x'.repeat(125)}`, ['may have at most 128 characters']],
  ])('%j is refused with every reason', (password, expected) => {
    expect(reasons(password)).toEqual(expected);
  });

  it('is kept to the letter', () => {
    expect(NewPassword.parse('  Spaces-And-1  ')).toBe('  Spaces-And-1  ');
  });

  it('is never repeated in the reason', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 20, maxLength: 200, unit: 'grapheme' }), (password) => {
        expect(reasons(password).join()).not.toContain(password);
      }),
    );
  });
});

describe('a password that somebody claims to have', () => {
  it('is bounded only', () => {
    expect(GivenPassword.safeParse('x').success).toBe(true);
    expect(GivenPassword.safeParse('').success).toBe(false);
    expect(GivenPassword.safeParse('x'.repeat(129)).success).toBe(false);
  });
});
