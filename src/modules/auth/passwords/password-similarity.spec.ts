import fc from 'fast-check';
import { isLikeOwner } from './password-similarity';

const owner = { email: 'ali.khan@paperboat.co.uk', displayName: 'Alina van der Berg' };

describe('a password that is like its owner', () => {
  it.each([
    'Alikhan-2026!',
    'ALI.KHAN-77x!',
    'P@perb0at-771!',
    'xx-Alina-771!',
    'Al1na#77xyzQ',
    'xK7!berg-Qw9z',
  ])('is %s', (password) => expect(isLikeOwner(password, owner)).toBe(true));

  it.each(['mJ4#vq9Lw!zT', 'Blue!Kettle7moon', 'Vander-7xQ!zz', 'a-long-one-about-my-friend-Alina-9'])(
    'is not %s',
    (password) => expect(isLikeOwner(password, owner)).toBe(false),
  );

  it('may have no name', () => {
    expect(isLikeOwner('mJ4#vq9Lw!zT', { email: 'a@b.c', displayName: null })).toBe(false);
  });

  it('is any that has the name in it, whatever the case', () => {
    const name = fc.string({
      unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'),
      minLength: 4,
      maxLength: 10,
    });
    fc.assert(
      fc.property(name, fc.boolean(), (displayName, upper) => {
        const password = `9!${upper ? displayName.toUpperCase() : displayName}#7Xq`;
        expect(isLikeOwner(password, { email: 'x@y.z', displayName })).toBe(true);
      }),
    );
  });
});
