import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock } from '../../../shared/clock';
import { type IdentityId, newId, type UserId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import { IdentityLinkedMail, MailService } from '../../mail';
import { AccountStore, type User } from '../accounts/account.store';
import type { ProvedIdentity } from './id-tokens';
import { type Identity, IdentityStore } from './identity.store';
import type { ProviderName } from './identity-providers';

export type NewIdentity = Omit<Identity, 'id' | 'userId'>;

/** Takes back what a transaction did for an identity that got an account meanwhile. */
export class IdentityTaken extends Error {}

/** Gives a new identity its account. */
@Injectable()
export class IdentityAccounts {
  constructor(
    private readonly identities: IdentityStore,
    private readonly accounts: AccountStore,
    private readonly mails: MailService,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * An account without a password. A registration of the address, and whoever's password is in it, is gone.
   * @throws IdentityTaken, or a unique violation of `users_email_key`, when somebody was faster
   */
  async open(
    tx: Transaction,
    { provider, subject, displayName }: ProvedIdentity,
    email: string,
  ): Promise<User> {
    const user: User = {
      id: newId(),
      email,
      displayName,
      roles: ['user'],
      rolesVersion: 0,
      mfaEnabled: false,
      passwordHash: null,
      passwordChangedAt: null,
    };
    await this.accounts.takeRegistration(tx, email);
    await this.accounts.create(tx, user, this.clock.now());
    const id = await this.add(tx, { provider, subject, email }, user.id);
    if (id === undefined) throw new IdentityTaken();
    await this.record(tx, 'account.created', user.id, provider);
    return user;
  }

  /**
   * The owner is told: from now on there is one more way in.
   * @returns undefined when the identity has an account by now, or the account an identity of the provider
   */
  async link(tx: Transaction, identity: NewIdentity, user: User): Promise<IdentityId | undefined> {
    const { provider, email } = identity;
    const id = await this.add(tx, identity, user.id);
    if (id === undefined) return undefined;
    await this.accounts.takeRegistration(tx, email);
    await this.record(tx, 'identity.linked', user.id, provider);
    await this.mails.send(tx, IdentityLinkedMail, user.email, { provider });
    return id;
  }

  private async add(tx: Transaction, identity: NewIdentity, userId: UserId): Promise<IdentityId | undefined> {
    const id = newId<'Identity'>();
    const isAdded = await this.identities.add(tx, { id, userId, ...identity }, this.clock.now());
    return isAdded ? id : undefined;
  }

  private async record(
    tx: Transaction,
    action: string,
    userId: UserId,
    provider: ProviderName,
  ): Promise<void> {
    const details = { by: provider };
    await this.audit.record(tx, { actor: `user:${userId}`, action, target: `user:${userId}`, details });
  }
}
