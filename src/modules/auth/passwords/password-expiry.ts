import { Injectable } from '@nestjs/common';
import { Clock, DAY, MINUTE, secondsAfter } from '../../../shared/clock';
import { randomToken, sha256 } from '../../../shared/hash';
import type { UserId } from '../../../shared/ids';
import type { User } from '../accounts/account.store';
import { PasswordChangeTokenInvalid, PasswordExpired } from '../auth.errors';
import { PasswordChangeTokenStore } from './password-change-token.store';

const MAX_AGE_SECONDS = 90 * DAY;
const TOKEN_SECONDS = 5 * MINUTE;
const MAX_TRIES = 5;

/** Passwords are good for 90 days; who proves an older one gets a token for choosing another, and nothing else. */
@Injectable()
export class PasswordExpiry {
  constructor(
    private readonly tokens: PasswordChangeTokenStore,
    private readonly clock: Clock,
  ) {}

  isExpired({ passwordChangedAt }: User): boolean {
    return passwordChangedAt !== null && secondsAfter(passwordChangedAt, MAX_AGE_SECONDS) <= this.clock.now();
  }

  /** For a sign-in by password, never for a refresh. @throws PasswordExpired with a token that is good for 5 minutes */
  async assertFresh(user: User): Promise<void> {
    if (!this.isExpired(user)) return;
    const token = randomToken();
    const expiresAt = secondsAfter(this.clock.now(), TOKEN_SECONDS);
    await this.tokens.add({ hash: sha256(token), userId: user.id, expiresAt });
    throw new PasswordExpired(token);
  }

  /**
   * One of five tries: a new password may be refused.
   * @returns whose token it is
   * @throws PasswordChangeTokenInvalid when expired, used (up) or unknown
   */
  async redeem(token: string): Promise<UserId> {
    const userId = await this.tokens.countTry(sha256(token), MAX_TRIES, this.clock.now());
    if (userId === undefined) throw new PasswordChangeTokenInvalid();
    return userId;
  }
}
