import { Injectable } from '@nestjs/common';
import type { SignInDevice } from '../../devices';
import type { User } from '../accounts/account.store';
import { InvalidCredentials, MfaTokenInvalid } from '../auth.errors';
import { MfaChallenges } from '../mfa/mfa-challenges';
import { PasswordExpiry } from '../passwords/password-expiry';
import { SessionOpening } from './session-opening';
import type { OpenSession, SignInProof } from './sessions.service';

/** Who somebody is has been proved, by whatever first factor: the one way from there to a session of an account. */
@Injectable()
export class ProvedSignIn {
  constructor(
    private readonly challenges: MfaChallenges,
    private readonly expiry: PasswordExpiry,
    private readonly opening: SessionOpening,
  ) {}

  /**
   * Signs this user in on this device, unless a second factor is due.
   * @param amr how the first factor was proved: `pwd` (RFC 8176), which must not have expired, or the provider of the
   *   identity, `apple` or `google`
   * @param dpopJkt of the key that the session is bound to: see `SessionKey`
   * @throws MfaRequired with a token for `complete`
   * @throws PasswordExpired
   * @throws InvalidCredentials when the account got another password or a second factor meanwhile
   */
  async admit(
    user: User,
    device: SignInDevice,
    amr: readonly string[],
    dpopJkt: string | undefined,
  ): Promise<OpenSession & { user: User }> {
    await this.challenges.assertNoneDue(user, { device, amr, dpopJkt });
    const opened = await this.open(user, device, { aal: 'aal1', amr, dpopJkt });
    if (opened === undefined) throw new InvalidCredentials();
    return opened;
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
    const opened = await this.open(user, device, { aal: 'aal2', amr, dpopJkt });
    if (opened === undefined) throw new MfaTokenInvalid();
    return opened;
  }

  private async open(
    user: User,
    device: SignInDevice,
    proof: SignInProof,
  ): Promise<(OpenSession & { user: User }) | undefined> {
    if (proof.amr.includes('pwd')) await this.expiry.assertFresh(user);
    return this.opening.open(user, device, proof);
  }
}
