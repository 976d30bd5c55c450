import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock } from '../../../shared/clock';
import { newId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import { DevicesService, type SignInDevice } from '../../devices';
import { type OpenSession, SessionsService, type SignInProof } from '../sessions/sessions.service';
import { AccountStore, type Registration, type User } from './account.store';

/** What a registration becomes once its address is proved. */
@Injectable()
export class NewAccounts {
  constructor(
    private readonly accounts: AccountStore,
    private readonly devices: DevicesService,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * The account and its first session. Of several passwords that were offered it gets none: whose they are nobody can say.
   * @throws a unique violation of `users_email_key` when the address has an account by now
   */
  async open(
    tx: Transaction,
    registration: Registration,
    { deviceId, ...facts }: SignInDevice,
    proof: SignInProof,
  ): Promise<OpenSession & { user: User }> {
    const now = this.clock.now();
    const user = toUser(registration, now);
    await this.accounts.create(tx, user, now);
    await this.audit.record(tx, {
      actor: `user:${user.id}`,
      action: 'account.created',
      target: `user:${user.id}`,
      deviceId,
      details: { by: 'code', roles: user.roles.join(' ') },
    });
    await this.devices.signedIn(tx, user.id, deviceId, facts);
    return { ...(await this.sessions.open(tx, user.id, deviceId, proof)), user };
  }
}

function toUser({ email, displayName, roles, disputed, ...offered }: Registration, now: Date): User {
  const passwordHash = disputed ? null : offered.passwordHash;
  return {
    id: newId(),
    email,
    displayName,
    roles,
    rolesVersion: 0,
    mfaEnabled: false,
    passwordHash,
    passwordChangedAt: passwordHash === null ? null : now,
  };
}
