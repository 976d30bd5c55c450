import { Injectable } from '@nestjs/common';
import type { SignInDevice } from '../../devices';
import type { User } from '../accounts/account.store';
import { InvalidCredentials } from '../auth.errors';
import { PasswordProof } from '../passwords/password-proof';
import { PasswordUpgrade } from '../passwords/password-upgrade';
import { ProvedSignIn } from './proved-sign-in';
import type { OpenSession } from './sessions.service';

/** Sign-in by e-mail and password. */
@Injectable()
export class SignInService {
  constructor(
    private readonly proof: PasswordProof,
    private readonly upgrade: PasswordUpgrade,
    private readonly proved: ProvedSignIn,
  ) {}

  /**
   * In this order: lock, password, verified, second factor, age of the password.
   * @param key that the session is bound to: see `SessionKey`
   * @throws AccountLocked, InvalidCredentials, EmailUnverified, MfaRequired, PasswordExpired; InvalidCredentials also when
   *   the account got another password or a second factor meanwhile
   */
  async login(
    email: string,
    password: string,
    device: SignInDevice,
    key: string | undefined,
  ): Promise<OpenSession & { user: User }> {
    const user = await this.proof.check(email, password, device.deviceId);
    await this.upgrade.perform(user, password);
    const opened = await this.proved.admit(user, { device, amr: ['pwd'], dpopJkt: key });
    if (opened === undefined) throw new InvalidCredentials();
    return opened;
  }
}
