import { EmailUnverified } from '../auth.errors';
import type { ProvedIdentity } from './id-tokens';
import { EmailMissing, LinkRequired } from './oidc.errors';

/** What may become of an identity that nobody has signed in with before. */
export type Admission = { readonly email: string; readonly to: 'new_account' | 'existing_account' };

/** An account with the identity's address: an account exists only once its address is proved. */
export interface AddressedAccount {
  /** Another subject of the same provider: the address went from one person to another. */
  readonly hasOtherIdentity: boolean;
}

/**
 * An address opens an account only when the provider verified it, and an existing one only when nobody but this
 * provider could say whose it is: otherwise who once had the mailbox would own the account.
 * @throws EmailMissing, EmailUnverified, LinkRequired
 */
export function admit(
  { email, emailVerified, authoritative }: Pick<ProvedIdentity, 'email' | 'emailVerified' | 'authoritative'>,
  account: AddressedAccount | undefined,
): Admission {
  if (email === undefined) throw new EmailMissing();
  if (!emailVerified) throw new EmailUnverified();
  if (account === undefined) return { email, to: 'new_account' };
  if (!authoritative || account.hasOtherIdentity) throw new LinkRequired();
  return { email, to: 'existing_account' };
}
