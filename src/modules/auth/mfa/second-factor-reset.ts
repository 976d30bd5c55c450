import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { Clock } from '../../../shared/clock';
import { AccountStore } from '../accounts/account.store';
import { SessionStore } from '../sessions/session.store';
import { MfaNotices } from './mfa-notices';
import { SecondFactorStore } from './second-factor.store';

/** How an operator helps somebody who lost the phone and the recovery codes. */
@Injectable()
export class SecondFactorReset {
  constructor(
    private readonly accounts: AccountStore,
    private readonly factors: SecondFactorStore,
    private readonly sessions: SessionStore,
    private readonly notices: MfaNotices,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Takes the second factor from an account and ends its sessions; the password stays. */
  async perform(email: string): Promise<'reset' | 'not_enrolled' | 'unknown_account'> {
    const user = await this.accounts.findByEmail(email);
    if (user === undefined) return 'unknown_account';
    return this.database.transaction(async (tx) => {
      if ((await this.factors.remove(tx, user.id)) === undefined) return 'not_enrolled';
      const now = this.clock.now();
      const ended = await this.sessions.revokeAllBut(tx, user.id, undefined, 'second_factor_reset', now);
      await this.notices.resetByOperator(tx, user.id, ended.length);
      return 'reset';
    });
  }
}
