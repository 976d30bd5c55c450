import { Injectable } from '@nestjs/common';
import type { User } from '../accounts/account.store';
import { MfaTokenInvalid } from '../auth.errors';
import { type FirstStep, MfaChallenges } from '../mfa/mfa-challenges';
import { IdentityEntrance } from '../oidc/identity-entrance';
import { PasswordExpiry } from '../passwords/password-expiry';
import type { Session } from './session.store';
import { SessionOpening } from './session-opening';
import type { OpenSession } from './sessions.service';

/** Who somebody is has been proved, by whatever first factor: the one way from there to a session of an account. */
@Injectable()
export class ProvedSignIn {
  constructor(
    private readonly challenges: MfaChallenges,
    private readonly expiry: PasswordExpiry,
    private readonly identities: IdentityEntrance,
    private readonly opening: SessionOpening,
  ) {}

  /**
   * Signs this user in, unless a second factor is due.
   * @returns undefined when the account got another password, a second factor or another identity meanwhile
   * @throws MfaRequired with a token for `complete`
   * @throws PasswordExpired
   * @throws LinkRequired of a new identity
   */
  async admit(user: User, step: FirstStep): Promise<(OpenSession & { user: User }) | undefined> {
    await this.challenges.assertNoneDue(user, step);
    return this.open(user, step, 'aal1');
  }

  /**
   * Goes on where `admit` asked for a second factor, with the same key or, as there, none.
   * @throws MfaTokenInvalid, InvalidCode, RateLimited, PasswordExpired
   * @throws LinkRequired of a new identity
   */
  async complete(
    mfaToken: string,
    code: string,
    dpopJkt: string | undefined,
  ): Promise<OpenSession & { user: User }> {
    const { user, step } = await this.challenges.redeem(mfaToken, code, dpopJkt);
    const opened = await this.open(user, step, 'aal2');
    if (opened === undefined) throw new MfaTokenInvalid();
    return opened;
  }

  private async open(
    user: User,
    { device, amr, dpopJkt, identity }: FirstStep,
    aal: Session['aal'],
  ): Promise<(OpenSession & { user: User }) | undefined> {
    if (amr.includes('pwd')) await this.expiry.assertFresh(user);
    return this.opening.open(user, device, { aal, amr, dpopJkt }, async (tx, owner) =>
      identity == null ? true : this.identities.enter(tx, owner, identity),
    );
  }
}
