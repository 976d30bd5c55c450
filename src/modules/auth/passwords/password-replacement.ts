import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { DeviceId, SessionId } from '../../../shared/ids';
import type { User } from '../accounts/account.store';
import { InvalidCredentials } from '../auth.errors';
import { SessionsService } from '../sessions/sessions.service';
import { AccountPasswords } from './account-passwords';
import { PasswordNotices, type ReplacedBy } from './password-notices';

export interface Replacement {
  readonly user: User;
  readonly newPassword: string;
  readonly by: ReplacedBy;
  /** The session that goes on, and its device. */
  readonly kept?: { readonly sessionId: SessionId; readonly deviceId: DeviceId };
  /** Spends what allows it, in the transaction that replaces the password. Throws when it is spent already. */
  readonly spend?: (tx: Transaction) => Promise<void>;
}

/** Gives an account another password: every other session ends, the owner is told. */
@Injectable()
export class PasswordReplacement {
  constructor(
    private readonly passwords: AccountPasswords,
    private readonly sessions: SessionsService,
    private readonly notices: PasswordNotices,
    private readonly database: Database,
  ) {}

  /**
   * @throws ValidationFailed for a password that is not good enough
   * @throws InvalidCredentials when the current one, which was proved, or the address was replaced meanwhile
   */
  async perform({ user, newPassword, by, kept, spend }: Replacement): Promise<void> {
    const hash = await this.passwords.hashNext(user, newPassword);
    const proved =
      by === 'current_password' && user.passwordHash !== null ? { proved: user.passwordHash } : {};
    await this.database.transaction(async (tx) => {
      await spend?.(tx);
      const isReplaced = await this.passwords.replace(tx, {
        userId: user.id,
        email: user.email,
        hash,
        ...proved,
      });
      if (!isReplaced) throw new InvalidCredentials();
      await this.sessions.passwordChanged(tx, user.id, kept?.sessionId);
      await this.notices.changed(tx, user, by, kept?.deviceId);
    });
  }
}
