import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock } from '../../../shared/clock';
import type { DeviceId, SessionId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import { MailService, PasswordChangedMail } from '../../mail';
import type { User } from '../accounts/account.store';
import { InvalidCredentials } from '../auth.errors';
import { SessionsService } from '../sessions/sessions.service';
import { NewPasswords } from './new-passwords';
import { PasswordStore } from './password.store';
import { PasswordChangeTokenStore } from './password-change-token.store';

export interface Replacement {
  readonly user: User;
  readonly newPassword: string;
  /** What allows it. */
  readonly by: 'current_password' | 'change_token' | 'reset_code';
  /** The session that goes on, and its device. */
  readonly kept?: { readonly sessionId: SessionId; readonly deviceId: DeviceId };
  /** Spends what allows it, in the transaction that replaces the password. Throws when it is spent already. */
  readonly spend?: (tx: Transaction) => Promise<void>;
}

/** Gives an account another password: every other session ends, the owner is told. */
@Injectable()
export class PasswordReplacement {
  constructor(
    private readonly newPasswords: NewPasswords,
    private readonly passwords: PasswordStore,
    private readonly tokens: PasswordChangeTokenStore,
    private readonly sessions: SessionsService,
    private readonly mails: MailService,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws ValidationFailed for a password that is not good enough
   * @throws InvalidCredentials when the current one, which was proved, was replaced meanwhile
   */
  async perform({ user, newPassword, by, kept, spend }: Replacement): Promise<void> {
    const inUse = user.passwordHash === null ? [] : [user.passwordHash];
    const hash = await this.newPasswords.hash({
      path: 'newPassword',
      password: newPassword,
      owner: user,
      former: [...inUse, ...(await this.passwords.formerHashes(user.id))],
    });
    const proved =
      by === 'current_password' && user.passwordHash !== null ? { proved: user.passwordHash } : {};
    await this.database.transaction(async (tx) => {
      await spend?.(tx);
      const replaced = await this.passwords.replace(
        tx,
        { userId: user.id, hash, ...proved },
        this.clock.now(),
      );
      if (!replaced) throw new InvalidCredentials();
      await this.tokens.endAll(tx, user.id);
      await this.sessions.passwordChanged(tx, user.id, kept?.sessionId);
      await this.tell(tx, user, by, kept?.deviceId);
    });
  }

  private async tell(
    tx: Transaction,
    { id, email }: User,
    by: string,
    deviceId: DeviceId | undefined,
  ): Promise<void> {
    await this.audit.record(tx, {
      actor: `user:${id}`,
      action: 'password.changed',
      target: `user:${id}`,
      ...(deviceId !== undefined && { deviceId }),
      details: { by },
    });
    await this.mails.send(tx, PasswordChangedMail, email, {});
  }
}
