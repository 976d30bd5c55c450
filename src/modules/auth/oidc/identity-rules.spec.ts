import { EmailUnverified } from '../auth.errors';
import { admit } from './identity-rules';
import { EmailMissing, LinkRequired } from './oidc.errors';

const PROVED = { email: 'ada@gmail.com', emailVerified: true, authoritative: true };
const ACCOUNT = { hasOtherIdentity: false };

describe('an identity that is not known yet', () => {
  it('opens an account for a verified address, whoever gives it out', () => {
    const opened = { email: PROVED.email, to: 'new_account' };
    expect(admit(PROVED, undefined)).toEqual(opened);
    expect(admit({ ...PROVED, authoritative: false }, undefined)).toEqual(opened);
  });

  it('is linked to the account of its address when nobody else could own that', () => {
    expect(admit(PROVED, ACCOUNT)).toEqual({ email: PROVED.email, to: 'existing_account' });
  });

  it.each([
    ['no address', { email: undefined }, EmailMissing],
    ['an address that is not verified', { emailVerified: false }, EmailUnverified],
  ])('gets nothing with %s', (_, changes, error) => {
    for (const account of [undefined, ACCOUNT]) {
      expect(() => admit({ ...PROVED, ...changes }, account)).toThrow(error);
    }
  });

  it('is not linked where the provider can not vouch for the address', () => {
    expect(() => admit({ ...PROVED, authoritative: false }, ACCOUNT)).toThrow(LinkRequired);
  });

  it('is not linked beside another person of the same provider', () => {
    expect(() => admit(PROVED, { hasOtherIdentity: true })).toThrow(LinkRequired);
  });
});
