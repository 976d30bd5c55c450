import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { isUniqueViolation } from '../../../platform/database/database.errors';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock, MINUTE, secondsAfter } from '../../../shared/clock';
import type { UserId } from '../../../shared/ids';
import { AccountStore, type User } from '../accounts/account.store';
import type { ProvedIdentity } from './id-tokens';
import { IdentityStore } from './identity.store';
import { IdentityAccounts, IdentityTaken } from './identity-accounts';
import { admit } from './identity-rules';
import { InvalidIdToken } from './oidc.errors';
import type { PresentedIdentity } from './presented-identity';

/** Two first sign-ins at once meet at a unique key: the slower one looks again and finds the account. */
const TRIES = 3;
/** developer.apple.com/documentation/signinwithapplerestapi/generate-and-validate-tokens */
const CODE_SECONDS = 5 * MINUTE;

/** An account, and the identity that is to sign in to it. */
export interface IdentityOwnership {
  readonly user: User;
  readonly identity: PresentedIdentity;
}

/** Whose account an identity opens. */
@Injectable()
export class IdentityOwners {
  constructor(
    private readonly identities: IdentityStore,
    private readonly accounts: AccountStore,
    private readonly admissions: IdentityAccounts,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * The account of a known identity; for a new one the account of its address, or one that is made. Spends the ID token.
   * An account that exists is not touched: `IdentityEntrance` links the identity once every factor is proved.
   * @param code to be exchanged behind the scenes
   * @throws EmailMissing, EmailUnverified, LinkRequired for an identity that is not known
   * @throws InvalidIdToken when the token was used before
   */
  async ownerOf(proved: ProvedIdentity, code: string | undefined): Promise<IdentityOwnership> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { user, linkedBy } = await this.resolve(proved);
        return { user, identity: this.presented(proved, code, linkedBy) };
      } catch (error) {
        const isSlower = error instanceof IdentityTaken || isUniqueViolation(error, 'users_email_key');
        if (!isSlower || attempt === TRIES) throw error;
      }
    }
  }

  private async resolve(proved: ProvedIdentity): Promise<{ user: User; linkedBy: string | null }> {
    const { provider, subject, email } = proved;
    const known = await this.identities.findOwner(provider, subject);
    if (known !== undefined) return this.welcome(proved, known.userId);
    const user = email === undefined ? undefined : await this.accounts.findByEmail(email);
    if (user === undefined) return this.join(proved);
    const hasOtherIdentity = await this.identities.hasIdentity(user.id, provider);
    // asked last: what was seen of the account may have come with this very identity a moment ago
    const meanwhile = await this.identities.findOwner(provider, subject);
    if (meanwhile !== undefined) return this.welcome(proved, meanwhile.userId);
    const admission = admit(proved, { hasOtherIdentity });
    await this.database.transaction((tx) => this.spend(tx, proved));
    return { user, linkedBy: admission.email };
  }

  private async welcome(proved: ProvedIdentity, userId: UserId): Promise<{ user: User; linkedBy: null }> {
    const user = await this.accounts.findById(userId);
    if (user === undefined) throw new InvalidIdToken('its account was deleted a moment ago');
    await this.database.transaction((tx) => this.spend(tx, proved));
    return { user, linkedBy: null };
  }

  private async join(proved: ProvedIdentity): Promise<{ user: User; linkedBy: null }> {
    const { email } = admit(proved, undefined);
    const user = await this.database.transaction(async (tx) => {
      await this.spend(tx, proved);
      return this.admissions.open(tx, proved, email);
    });
    return { user, linkedBy: null };
  }

  private async spend(tx: Transaction, { token }: ProvedIdentity): Promise<void> {
    const isFirst = await this.identities.spendToken(tx, token.hash, token.expiresAt);
    if (!isFirst) throw new InvalidIdToken('it was used before');
  }

  /** Only Apple wants its tokens back when an account is deleted. */
  private presented(
    { provider, subject, clientId }: ProvedIdentity,
    code: string | undefined,
    linkedBy: string | null,
  ): PresentedIdentity {
    const expiresAt = secondsAfter(this.clock.now(), CODE_SECONDS);
    const authorization = provider === 'apple' && code !== undefined ? { code, clientId, expiresAt } : null;
    return { provider, subject, linkedBy, authorization };
  }
}
