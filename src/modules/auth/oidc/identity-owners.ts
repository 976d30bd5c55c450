import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { isUniqueViolation } from '../../../platform/database/database.errors';
import type { Transaction } from '../../../platform/database/transaction';
import type { IdentityId } from '../../../shared/ids';
import { AccountStore, type User } from '../accounts/account.store';
import { AuthorizationCodes } from './authorization-codes';
import type { ProvedIdentity } from './id-tokens';
import { type IdentityOwner, IdentityStore } from './identity.store';
import { IdentityAccounts } from './identity-accounts';
import { type AddressedAccount, admit } from './identity-rules';
import { InvalidIdToken } from './oidc.errors';

/** Two first sign-ins at once meet at a unique key: the slower one looks again and finds the account. */
const TRIES = 3;

/** Whose account an identity opens. */
@Injectable()
export class IdentityOwners {
  constructor(
    private readonly identities: IdentityStore,
    private readonly accounts: AccountStore,
    private readonly admissions: IdentityAccounts,
    private readonly codes: AuthorizationCodes,
    private readonly database: Database,
  ) {}

  /**
   * The account of a known identity; for a new one an account is made or linked. Spends the ID token.
   * @param code to be exchanged behind the scenes
   * @throws EmailMissing, EmailUnverified, LinkRequired for an identity that is not known
   * @throws InvalidIdToken when the token was used before
   */
  async ownerOf(proved: ProvedIdentity, code: string | undefined): Promise<User> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.resolve(proved, code);
      } catch (error) {
        if (!isUniqueViolation(error) || attempt === TRIES) throw error;
      }
    }
  }

  private async resolve(proved: ProvedIdentity, code: string | undefined): Promise<User> {
    const { provider, subject, email } = proved;
    const known = await this.identities.findOwner(provider, subject);
    if (known !== undefined) return this.welcome(proved, code, known);
    const account = email === undefined ? undefined : await this.accounts.findByEmail(email);
    if (account === undefined) return this.admit(proved, code, undefined);
    const hasOtherIdentity = await this.identities.hasIdentity(account.id, provider);
    // asked last: what was seen of the account may have come with this very identity a moment ago
    const meanwhile = await this.identities.findOwner(provider, subject);
    if (meanwhile !== undefined) return this.welcome(proved, code, meanwhile);
    return this.admit(proved, code, { user: account, hasOtherIdentity });
  }

  private async welcome(
    proved: ProvedIdentity,
    code: string | undefined,
    { id, userId }: IdentityOwner,
  ): Promise<User> {
    const user = await this.accounts.findById(userId);
    if (user === undefined) throw new InvalidIdToken('its account was deleted a moment ago');
    await this.database.transaction(async (tx) => {
      await this.spend(tx, proved);
      await this.handCode(tx, proved, code, id);
    });
    return user;
  }

  private async admit(
    proved: ProvedIdentity,
    code: string | undefined,
    account: (AddressedAccount & { readonly user: User }) | undefined,
  ): Promise<User> {
    const admission = admit(proved, account);
    return this.database.transaction(async (tx) => {
      await this.spend(tx, proved);
      const { user, id } = await (account === undefined
        ? this.admissions.open(tx, proved, admission)
        : this.admissions.link(tx, proved, admission, account.user));
      await this.handCode(tx, proved, code, id);
      return user;
    });
  }

  private async spend(tx: Transaction, { token }: ProvedIdentity): Promise<void> {
    const isFirst = await this.identities.spendToken(tx, token.hash, token.expiresAt);
    if (!isFirst) throw new InvalidIdToken('it was used before');
  }

  /** Only Apple wants its tokens back when an account is deleted. */
  private async handCode(
    tx: Transaction,
    { provider, clientId }: ProvedIdentity,
    code: string | undefined,
    id: IdentityId,
  ): Promise<void> {
    if (provider === 'apple' && code !== undefined) await this.codes.hand(tx, id, clientId, code);
  }
}
