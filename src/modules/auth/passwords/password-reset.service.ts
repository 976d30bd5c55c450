import { Injectable } from '@nestjs/common';
import { AccountStore } from '../accounts/account.store';
import { InvalidCode } from '../auth.errors';
import { PasswordReplacement } from './password-replacement';
import { PasswordResetCodes } from './password-reset-codes';
import { SignInLock } from './sign-in-lock';

/** Another password for who owns the mailbox; also the first one of an account that has none. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly accounts: AccountStore,
    private readonly codes: PasswordResetCodes,
    private readonly replacement: PasswordReplacement,
    private readonly lock: SignInLock,
  ) {}

  /**
   * Opens no session: a second factor is asked for at the sign-in that follows.
   * @throws InvalidCode when wrong, used up (5 tries), expired or unknown
   * @throws ValidationFailed for the new password
   */
  async reset(email: string, code: string, newPassword: string): Promise<void> {
    const spend = await this.codes.check(email, code);
    const user = await this.accounts.findByEmail(email);
    if (user === undefined) throw new InvalidCode();
    await this.replacement.perform({ user, newPassword, by: 'reset_code', spend });
    await this.lock.forget(email);
  }
}
