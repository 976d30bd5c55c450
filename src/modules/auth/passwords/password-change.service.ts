import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserPrincipal } from '../../../platform/http/principal';
import { Unauthenticated } from '../../../shared/domain-error';
import { sha256 } from '../../../shared/hash';
import type { UserId } from '../../../shared/ids';
import { AccountStore, type User } from '../accounts/account.store';
import { PasswordChangeTokenInvalid } from '../auth.errors';
import { PasswordChangeTokenStore } from './password-change-token.store';
import { PasswordExpiry } from './password-expiry';
import { PasswordProof } from './password-proof';
import { PasswordReplacement } from './password-replacement';

/** Another password for who knows the one before. */
@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly accounts: AccountStore,
    private readonly proof: PasswordProof,
    private readonly expiry: PasswordExpiry,
    private readonly tokens: PasswordChangeTokenStore,
    private readonly replacement: PasswordReplacement,
  ) {}

  /**
   * For who is signed in: this session goes on, the others end.
   * @throws AccountLocked, InvalidCredentials for the current password
   * @throws ValidationFailed for the new one
   */
  async change(
    { userId, sessionId, deviceId }: UserPrincipal,
    currentPassword: string,
    newPassword: string,
  ): Promise<void> {
    const { email } = await this.ownerOf(userId);
    const user = await this.proof.check(email, currentPassword, deviceId);
    await this.replacement.perform({
      user,
      newPassword,
      by: 'current_password',
      kept: { sessionId, deviceId },
    });
  }

  /**
   * For who proved an expired password: every session ends.
   * @throws PasswordChangeTokenInvalid
   * @throws ValidationFailed for the new password
   */
  async changeExpired(token: string, newPassword: string): Promise<void> {
    const user = await this.ownerOf(await this.expiry.redeem(token));
    // another password came while the expired one was being proved: the token was made after the others had ended
    if (!this.expiry.isExpired(user)) throw new PasswordChangeTokenInvalid();
    const spend = async (tx: Transaction): Promise<void> => {
      if (!(await this.tokens.take(tx, sha256(token)))) throw new PasswordChangeTokenInvalid();
    };
    await this.replacement.perform({ user, newPassword, by: 'change_token', spend });
  }

  private async ownerOf(id: UserId): Promise<User> {
    const user = await this.accounts.findById(id);
    if (user === undefined) throw new Unauthenticated();
    return user;
  }
}
