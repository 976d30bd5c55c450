import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock, HOUR, secondsAfter } from '../../../shared/clock';
import type { DomainError } from '../../../shared/domain-error';
import type { UserId } from '../../../shared/ids';
import { InvalidCode, MfaAlreadyEnabled, MfaNotBegun } from '../auth.errors';
import { failuresWithin, tooManyFailures } from './failure-rules';
import { MfaNotices } from './mfa-notices';
import { RecoveryCodes } from './recovery-codes';
import { SecondFactorStore, type StoredFactor } from './second-factor.store';
import { acceptedStep, newTotpSecret } from './totp';

const ENROLMENT_SECONDS = HOUR;

/** What a second factor adds to a session's `amr` (RFC 8176). */
export type SecondFactorAmr = readonly ['otp', 'mfa'] | readonly ['mfa'];

/** A refusal that has counted something: whoever runs the transaction throws it after the commit. */
type Refusable<Result> = Promise<Result | DomainError>;

/**
 * Judges codes. A user's row is locked meanwhile, so that parallel requests neither use a code twice nor guess more
 * often than ten times an hour. It lives in Postgres alone: guessing must not become free while Redis is away.
 */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly store: SecondFactorStore,
    private readonly recovery: RecoveryCodes,
    private readonly notices: MfaNotices,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {}

  /** A new secret, which counts once a code of it is given within an hour. @throws MfaAlreadyEnabled */
  async begin(tx: Transaction, userId: UserId): Promise<Buffer> {
    const secret = newTotpSecret();
    const sealed = this.keys.data.seal(secret, sealContext(userId));
    const pendingUntil = secondsAfter(this.clock.now(), ENROLMENT_SECONDS);
    if (!(await this.store.begin(tx, userId, sealed, pendingUntil))) throw new MfaAlreadyEnabled();
    return secret;
  }

  /** @returns the recovery codes, or MfaAlreadyEnabled, MfaNotBegun, InvalidCode, RateLimited */
  async confirm(tx: Transaction, userId: UserId, code: string): Refusable<{ recoveryCodes: string[] }> {
    const factor = await this.store.lock(tx, userId);
    if (factor === undefined) return new MfaNotBegun();
    if (factor.pendingUntil === null) return new MfaAlreadyEnabled();
    if (factor.pendingUntil <= this.clock.now()) return new MfaNotBegun();
    return this.counted(tx, userId, factor, async () => {
      if (!(await this.takeTotp(tx, userId, factor, code))) return undefined;
      const { codes, macs } = this.recovery.create(userId);
      await this.store.confirm(tx, userId, macs, this.clock.now());
      return { recoveryCodes: codes };
    });
  }

  /** Uses up a code of the app or a recovery code. @returns what it proves, or InvalidCode, RateLimited */
  async prove(tx: Transaction, userId: UserId, code: string): Refusable<SecondFactorAmr> {
    const factor = await this.store.lock(tx, userId);
    if (factor === undefined || factor.pendingUntil !== null) return new InvalidCode();
    return this.counted(tx, userId, factor, async () => {
      if (await this.takeTotp(tx, userId, factor, code)) return ['otp', 'mfa'] as const;
      const left = await this.store.takeRecoveryCode(tx, userId, this.recovery.macsOf(userId, code));
      if (left === undefined) return undefined;
      await this.notices.recoveryCodeUsed(tx, userId, left);
      return ['mfa'] as const;
    });
  }

  /** Beyond ten failures within an hour nothing is looked at any more, right or wrong. */
  private async counted<Result>(
    tx: Transaction,
    userId: UserId,
    factor: StoredFactor,
    judge: () => Promise<Result | undefined>,
  ): Refusable<Result> {
    const now = this.clock.now();
    const failures = failuresWithin(factor.failedAt, now);
    const limited = tooManyFailures(failures, now);
    if (limited !== undefined) return limited;
    const result = await judge();
    if (result !== undefined) return result;
    const counted = [...failures, now];
    await this.store.noteFailures(tx, userId, counted);
    if (tooManyFailures(counted, now) !== undefined) await this.notices.guessed(tx, userId);
    return new InvalidCode();
  }

  /** @returns the version that access tokens need now; undefined when there was none */
  async remove(tx: Transaction, userId: UserId): Promise<number | undefined> {
    return this.store.remove(tx, userId);
  }

  private async takeTotp(
    tx: Transaction,
    userId: UserId,
    { secretSealed, lastStep }: StoredFactor,
    code: string,
  ): Promise<boolean> {
    const secret = this.keys.data.open(secretSealed, sealContext(userId));
    const step = acceptedStep(secret, code, this.clock.now(), lastStep);
    if (step !== undefined) await this.store.takeStep(tx, userId, step);
    return step !== undefined;
  }
}

const sealContext = (userId: UserId): string => `mfa-totp:${userId}`;
