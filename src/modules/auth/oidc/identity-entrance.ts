import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import type { IdentityId } from '../../../shared/ids';
import type { User } from '../accounts/account.store';
import { AuthorizationCodes } from './authorization-codes';
import { IdentityStore } from './identity.store';
import { IdentityAccounts } from './identity-accounts';
import { LinkRequired } from './oidc.errors';
import type { PresentedIdentity } from './presented-identity';

/**
 * The last step of an identity, after every factor: in the transaction that opens the session, so that an identity
 * which is linked and one that signs in are the same thing.
 */
@Injectable()
export class IdentityEntrance {
  constructor(
    private readonly identities: IdentityStore,
    private readonly accounts: IdentityAccounts,
    private readonly codes: AuthorizationCodes,
  ) {}

  /**
   * Links an identity that is new.
   * @param user as it is now, and stays until the transaction ends
   * @returns false when the identity does not open this account any more; nothing was written then
   * @throws LinkRequired when the account got another identity of the provider meanwhile
   */
  async enter(tx: Transaction, user: User, identity: PresentedIdentity): Promise<boolean> {
    const id = (await this.ownOf(tx, user, identity)) ?? (await this.newOf(tx, user, identity));
    if (id === undefined) return false;
    if (identity.authorization !== null) await this.codes.hand(tx, id, identity.authorization);
    return true;
  }

  private async ownOf(
    tx: Transaction,
    user: User,
    { provider, subject }: PresentedIdentity,
  ): Promise<IdentityId | undefined> {
    const owner = await this.identities.findOwner(provider, subject, tx);
    return owner?.userId === user.id ? owner.id : undefined;
  }

  /** The provider vouched for one address: an account that has another one by now is not meant. */
  private async newOf(
    tx: Transaction,
    user: User,
    identity: PresentedIdentity,
  ): Promise<IdentityId | undefined> {
    const { provider, subject, linkedBy } = identity;
    if (linkedBy === null || linkedBy !== user.email) return undefined;
    const linked = await this.accounts.link(tx, { provider, subject, email: linkedBy }, user);
    if (linked !== undefined) return linked;
    // somebody was faster with the same identity, or with another one for this account
    const owner = await this.identities.findOwner(provider, subject, tx);
    if (owner === undefined) throw new LinkRequired();
    return owner.userId === user.id ? owner.id : undefined;
  }
}
