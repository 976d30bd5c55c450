import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { DevicesService, type SignInDevice } from '../../devices';
import type { User } from '../accounts/account.store';
import { MfaChallenges } from '../mfa/mfa-challenges';
import { PasswordExpiry } from '../passwords/password-expiry';
import { SessionAlarms } from './session-alarms';
import { type OpenSession, SessionsService, type SignInProof } from './sessions.service';

/** Who somebody is has been proved, by whatever first factor: the one way from there to a session of an account. */
@Injectable()
export class ProvedSignIn {
  constructor(
    private readonly challenges: MfaChallenges,
    private readonly expiry: PasswordExpiry,
    private readonly sessions: SessionsService,
    private readonly alarms: SessionAlarms,
    private readonly devices: DevicesService,
    private readonly database: Database,
  ) {}

  /**
   * Signs this user in on this device, unless a second factor is due.
   * @param amr how the first factor was proved: `pwd` (RFC 8176), which must not have expired, or the provider of the
   *   identity, `apple` or `google`
   * @param dpopJkt of the key that the session is bound to: see `SessionKey`
   * @throws MfaRequired with a token for `complete`
   * @throws PasswordExpired
   */
  async admit(
    user: User,
    device: SignInDevice,
    amr: readonly string[],
    dpopJkt: string | undefined,
  ): Promise<OpenSession & { user: User }> {
    await this.challenges.assertNoneDue(user, { device, amr, dpopJkt });
    return this.open(user, device, { aal: 'aal1', amr, dpopJkt });
  }

  /**
   * Goes on where `admit` asked for a second factor, with the same key or, as there, none.
   * @throws MfaTokenInvalid, InvalidCode, RateLimited, PasswordExpired
   */
  async complete(
    mfaToken: string,
    code: string,
    dpopJkt: string | undefined,
  ): Promise<OpenSession & { user: User }> {
    const { user, device, amr } = await this.challenges.redeem(mfaToken, code, dpopJkt);
    return this.open(user, device, { aal: 'aal2', amr, dpopJkt });
  }

  private async open(
    user: User,
    { deviceId, ...facts }: SignInDevice,
    proof: SignInProof,
  ): Promise<OpenSession & { user: User }> {
    if (proof.amr.includes('pwd')) await this.expiry.assertFresh(user);
    return this.database.transaction(async (tx) => {
      const isNew = await this.devices.signedIn(tx, user.id, deviceId, facts);
      const opened = await this.sessions.open(tx, user.id, deviceId, proof);
      if (isNew) await this.alarms.newDevice(tx, opened.session);
      return { ...opened, user };
    });
  }
}
