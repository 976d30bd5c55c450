import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock } from '../../../shared/clock';
import type { User } from '../accounts/account.store';
import { NewPasswords } from './new-passwords';
import { type NewPasswordHash, PasswordStore } from './password.store';
import { PasswordChangeTokenStore } from './password-change-token.store';

/** The password of an account, and what may come after it. */
@Injectable()
export class AccountPasswords {
  constructor(
    private readonly newPasswords: NewPasswords,
    private readonly passwords: PasswordStore,
    private readonly tokens: PasswordChangeTokenStore,
    private readonly clock: Clock,
  ) {}

  /**
   * No database connection may be held meanwhile.
   * @returns the PHC string of the next password
   * @throws ValidationFailed for one that is not good enough, or was one of the last five
   */
  async hashNext(user: User, password: string): Promise<string> {
    const inUse = user.passwordHash === null ? [] : [user.passwordHash];
    const former = [...inUse, ...(await this.passwords.formerHashes(user.id))];
    return this.newPasswords.hash({ path: 'newPassword', password, owner: user, former });
  }

  /** Every other way to a new password ends. @returns whether it was replaced */
  async replace(tx: Transaction, next: NewPasswordHash): Promise<boolean> {
    const isReplaced = await this.passwords.replace(tx, next, this.clock.now());
    if (isReplaced) await this.tokens.endAll(tx, next.userId);
    return isReplaced;
  }
}
