import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import { AccountStore } from '../accounts/account.store';
import { SecondFactorStore } from '../mfa/second-factor.store';
import { IdentityStore } from '../oidc/identity.store';
import { PasswordStore } from '../passwords/password.store';
import { SessionsService } from '../sessions/sessions.service';
import type { EmailUndo } from './email-change.store';

/** Gives an account back to whom it belonged before somebody took it over, and closes every way in of that somebody. */
@Injectable()
export class AccountRecovery {
  constructor(
    private readonly accounts: AccountStore,
    private readonly passwords: PasswordStore,
    private readonly identities: IdentityStore,
    private readonly factors: SecondFactorStore,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Every session ends, the password is gone (the next one is set by a code to the old address), and so are identities and
   * a second factor that were added since the change.
   * @throws a unique violation of `users_email_key` when another account has the address by now
   */
  async giveBack(tx: Transaction, { userId, oldEmail, changedAt }: EmailUndo, now: Date): Promise<void> {
    await this.accounts.setEmail(tx, userId, oldEmail);
    await this.passwords.remove(tx, userId, now);
    await this.identities.unlinkSince(tx, userId, changedAt);
    const factor = await this.factors.lock(tx, userId);
    const addedSince = factor?.confirmedAt != null && factor.confirmedAt >= changedAt;
    if (addedSince) await this.factors.remove(tx, userId);
    await this.sessions.addressTakenBack(tx, userId);
  }
}
