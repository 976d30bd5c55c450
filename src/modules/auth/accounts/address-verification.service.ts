import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { isUniqueViolation } from '../../../platform/database/database.errors';
import { Clock } from '../../../shared/clock';
import type { SignInDevice } from '../../devices';
import { InvalidCode } from '../auth.errors';
import type { OpenSession } from '../sessions/sessions.service';
import { AccountStore, type User } from './account.store';
import { NewAccounts } from './new-accounts';
import { MAX_CODE_TRIES, VerificationCodes } from './verification-codes';

/** The owner of an address proves it, and has an account. */
@Injectable()
export class AddressVerification {
  constructor(
    private readonly accounts: AccountStore,
    private readonly codes: VerificationCodes,
    private readonly newAccounts: NewAccounts,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens the account and its first session.
   * @param dpopJkt of the key that the session is bound to: see `SessionKey`
   * @throws InvalidCode when wrong, used up (5 tries), expired or unknown
   */
  async verify(
    email: string,
    code: string,
    device: SignInDevice,
    dpopJkt: string | undefined,
  ): Promise<OpenSession & { user: User }> {
    const registration = await this.accounts.countTry(email, MAX_CODE_TRIES, this.clock.now());
    if (registration === undefined || !this.codes.matches(code, email, registration.codeMac)) {
      throw new InvalidCode();
    }
    try {
      return await this.database.transaction(async (tx) => {
        if (!(await this.accounts.takeRegistration(tx, email))) throw new InvalidCode();
        return this.newAccounts.open(tx, registration, device, { aal: 'aal1', amr: ['otp'], dpopJkt });
      });
    } catch (error) {
      // somebody else opened it in between
      throw isUniqueViolation(error, 'users_email_key') ? new InvalidCode() : error;
    }
  }
}
