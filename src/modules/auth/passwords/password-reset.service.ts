import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock } from '../../../shared/clock';
import { MailService, NoAccountMail, PasswordResetMail } from '../../mail';
import { AccountStore } from '../accounts/account.store';
import { MAX_CODE_TRIES, VerificationCodes } from '../accounts/verification-codes';
import { InvalidCode } from '../auth.errors';
import { PasswordReplacement } from './password-replacement';
import { PasswordResetStore } from './password-reset.store';
import { SignInLock } from './sign-in-lock';

const PURPOSE = 'password-reset';

/** Another password for who owns the mailbox; also the first one of an account that has none. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly accounts: AccountStore,
    private readonly resets: PasswordResetStore,
    private readonly codes: VerificationCodes,
    private readonly replacement: PasswordReplacement,
    private readonly lock: SignInLock,
    private readonly mails: MailService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** One code and one mail either way: who has no account is told so in its own mailbox only. */
  async forgot(email: string): Promise<void> {
    const { code, ...stored } = this.codes.create(email, PURPOSE);
    await this.database.transaction(async (tx) => {
      const known = await this.accounts.existsWithEmail(tx, email);
      await this.resets.put(tx, email, stored);
      if (known) await this.mails.send(tx, PasswordResetMail, email, { code });
      else await this.mails.send(tx, NoAccountMail, email, {});
    });
  }

  /**
   * Opens no session: a second factor is asked for at the sign-in that follows.
   * @throws InvalidCode when wrong, used up (5 tries), expired or unknown
   * @throws ValidationFailed for the new password
   */
  async reset(email: string, code: string, newPassword: string): Promise<void> {
    const mac = await this.resets.countTry(email, MAX_CODE_TRIES, this.clock.now());
    if (mac === undefined || !this.codes.matches(code, email, mac, PURPOSE)) throw new InvalidCode();
    const user = await this.accounts.findByEmail(email);
    if (user === undefined) throw new InvalidCode();
    const spend = async (tx: Transaction): Promise<void> => {
      if (!(await this.resets.take(tx, email, mac))) throw new InvalidCode();
    };
    await this.replacement.perform({ user, newPassword, by: 'reset_code', spend });
    await this.lock.forget(email);
  }
}
