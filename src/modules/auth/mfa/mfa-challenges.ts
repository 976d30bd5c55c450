import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { Clock, MINUTE, secondsAfter } from '../../../shared/clock';
import { DomainError } from '../../../shared/domain-error';
import { randomToken, sha256 } from '../../../shared/hash';
import type { SignInDevice } from '../../devices';
import { AccountStore, type User } from '../accounts/account.store';
import { MfaRequired, MfaTokenInvalid } from '../auth.errors';
import type { PresentedIdentity } from '../oidc/presented-identity';
import { throwAfterCommit } from './commit';
import { MfaTokenStore } from './mfa-token.store';
import { SecondFactors } from './second-factors';

/** What the first factor was given with. */
export interface FirstStep {
  readonly device: SignInDevice;
  /** How it was proved: `pwd` (RFC 8176), which must not have expired, or the provider of the identity, `apple` or `google`. */
  readonly amr: readonly string[];
  /** Of the key that the session is bound to: see `SessionKey`. */
  readonly dpopJkt: string | undefined;
  /** Where the first factor was one. */
  readonly identity?: PresentedIdentity | null;
}

/** Somebody who has proved both factors. */
export interface ProvedTwice {
  /** With the password of the first step. */
  readonly user: User;
  /** As it was given, with the `amr` of both factors. */
  readonly step: FirstStep;
}

const TOKEN_SECONDS = 5 * MINUTE;
const MAX_TRIES = 5;

/** Between the first factor and the session: who has a second factor gives it, however they signed in. */
@Injectable()
export class MfaChallenges {
  constructor(
    private readonly tokens: MfaTokenStore,
    private readonly factors: SecondFactors,
    private readonly accounts: AccountStore,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws MfaRequired with a token for the second step of this device and key: 5 minutes, 5 tries, once */
  async assertNoneDue(user: User, { device, amr, dpopJkt, identity = null }: FirstStep): Promise<void> {
    if (!user.mfaEnabled) return;
    const token = randomToken();
    await this.tokens.add({
      hash: sha256(token),
      userId: user.id,
      device,
      amr,
      dpopJkt: dpopJkt ?? null,
      passwordChangedAt: user.passwordChangedAt,
      identity,
      expiresAt: secondsAfter(this.clock.now(), TOKEN_SECONDS),
    });
    throw new MfaRequired(token);
  }

  /**
   * @returns whose sign-in it was
   * @throws MfaTokenInvalid when expired, used (up) or unknown, or given without the key of the first step
   * @throws InvalidCode, RateLimited
   */
  async redeem(token: string, code: string, dpopJkt: string | undefined): Promise<ProvedTwice> {
    const presented = { hash: sha256(token), dpopJkt: dpopJkt ?? null };
    const { userId, passwordChangedAt, ...step } = await throwAfterCommit(this.database, async (tx) => {
      const signIn = await this.tokens.countTry(tx, presented, MAX_TRIES, this.clock.now());
      if (signIn === undefined) return new MfaTokenInvalid();
      const proved = await this.factors.prove(tx, signIn.userId, code);
      if (proved instanceof DomainError) return proved;
      await this.tokens.take(tx, presented.hash);
      return { ...signIn, amr: [...new Set([...signIn.amr, ...proved])] };
    });
    const user = await this.accounts.findById(userId);
    if (user === undefined) throw new MfaTokenInvalid();
    return { user: { ...user, passwordChangedAt }, step: { ...step, dpopJkt } };
  }
}
