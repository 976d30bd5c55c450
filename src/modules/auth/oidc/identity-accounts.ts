import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock } from '../../../shared/clock';
import { type IdentityId, newId, type UserId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import { IdentityLinkedMail, MailService } from '../../mail';
import { AccountStore, type User } from '../accounts/account.store';
import type { ProvedIdentity } from './id-tokens';
import { IdentityStore } from './identity.store';
import type { Admission } from './identity-rules';

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

  /** An account without a password. A registration of the address, and whoever's password is in it, is gone. */
  async open(
    tx: Transaction,
    proved: ProvedIdentity,
    { email }: Admission,
  ): Promise<{ user: User; id: IdentityId }> {
    const user: User = {
      id: newId(),
      email,
      displayName: proved.displayName,
      roles: ['user'],
      rolesVersion: 0,
      mfaEnabled: false,
      passwordHash: null,
      passwordChangedAt: null,
    };
    await this.accounts.takeRegistration(tx, email);
    await this.accounts.create(tx, user, this.clock.now());
    const id = await this.add(tx, proved, user.id, email);
    await this.record(tx, 'account.created', user.id, proved);
    return { user, id };
  }

  /** The owner is told: from now on there is one more way in. */
  async link(
    tx: Transaction,
    proved: ProvedIdentity,
    { email }: Admission,
    user: User,
  ): Promise<{ user: User; id: IdentityId }> {
    await this.accounts.takeRegistration(tx, email);
    const id = await this.add(tx, proved, user.id, email);
    await this.record(tx, 'identity.linked', user.id, proved);
    await this.mails.send(tx, IdentityLinkedMail, user.email, { provider: proved.provider });
    return { user, id };
  }

  private async add(
    tx: Transaction,
    { provider, subject }: ProvedIdentity,
    userId: UserId,
    email: string,
  ): Promise<IdentityId> {
    const id = newId<'Identity'>();
    await this.identities.add(tx, { id, userId, provider, subject, email }, this.clock.now());
    return id;
  }

  private async record(
    tx: Transaction,
    action: string,
    userId: UserId,
    { provider }: ProvedIdentity,
  ): Promise<void> {
    const details = { by: provider };
    await this.audit.record(tx, { actor: `user:${userId}`, action, target: `user:${userId}`, details });
  }
}
