import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock } from '../../../shared/clock';
import { MAX_CODE_TRIES, VerificationCodes } from '../accounts/verification-codes';
import { InvalidCode } from '../auth.errors';
import { PasswordResetStore } from './password-reset.store';

const PURPOSE = 'password-reset';

/** Codes by mail for a new password, one an address: 10 minutes, 5 tries, once. */
@Injectable()
export class PasswordResetCodes {
  constructor(
    private readonly store: PasswordResetStore,
    private readonly codes: VerificationCodes,
    private readonly clock: Clock,
  ) {}

  /** In place of the one before. @returns the code, which is kept as a keyed digest only */
  async issue(tx: Transaction, email: string): Promise<string> {
    const { code, ...stored } = this.codes.create(email, PURPOSE);
    await this.store.put(tx, email, stored);
    return code;
  }

  /**
   * Counts a try.
   * @returns what spends the code in a transaction of the caller's, and throws InvalidCode there when it is spent
   * @throws InvalidCode when wrong, used up, expired or unknown
   */
  async check(email: string, code: string): Promise<(tx: Transaction) => Promise<void>> {
    const mac = await this.store.countTry(email, MAX_CODE_TRIES, this.clock.now());
    if (mac === undefined || !this.codes.matches(code, email, mac, PURPOSE)) throw new InvalidCode();
    return async (tx) => {
      if (!(await this.store.take(tx, email, mac))) throw new InvalidCode();
    };
  }
}
