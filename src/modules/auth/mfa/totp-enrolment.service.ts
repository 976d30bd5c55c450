import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { UserPrincipal } from '../../../platform/http/principal';
import { DomainError, NotFound, Unauthenticated } from '../../../shared/domain-error';
import { AccountStore } from '../accounts/account.store';
import type { Session } from '../sessions/session.store';
import { SessionProofs } from '../sessions/session-proofs';
import { throwAfterCommit } from './commit';
import { MfaNotices } from './mfa-notices';
import { SecondFactors } from './second-factors';
import { toEnrolment } from './totp';

/** An authenticator app for an account: begun, confirmed by a code of it, removed. */
@Injectable()
export class TotpEnrolmentService {
  constructor(
    private readonly accounts: AccountStore,
    private readonly factors: SecondFactors,
    private readonly sessions: SessionProofs,
    private readonly notices: MfaNotices,
    private readonly database: Database,
  ) {}

  /** Replaces a secret that was not confirmed yet. @throws MfaAlreadyEnabled */
  async begin({ userId }: UserPrincipal): Promise<{ secret: string; otpauthUri: string }> {
    const user = await this.accounts.findById(userId);
    if (user === undefined) throw new Unauthenticated();
    const secret = await this.database.transaction((tx) => this.factors.begin(tx, userId));
    return toEnrolment(secret, user.email);
  }

  /**
   * The recovery codes are shown this once; this session is `aal2` from then on.
   * @throws MfaNotBegun, MfaAlreadyEnabled, InvalidCode, RateLimited
   */
  async confirm(
    { userId, sessionId }: UserPrincipal,
    code: string,
  ): Promise<{ recoveryCodes: string[]; session: Session }> {
    return throwAfterCommit(this.database, async (tx) => {
      const confirmed = await this.factors.confirm(tx, userId, code);
      if (confirmed instanceof DomainError) return confirmed;
      await this.notices.added(tx, userId);
      const proof = { amr: ['otp', 'mfa'], secondFactor: true };
      return { ...confirmed, session: await this.sessions.raise(tx, { userId, id: sessionId }, proof) };
    });
  }

  /** Every session is `aal1` from then on, and its access tokens end. @throws NotFound when there is none */
  async remove({ userId }: UserPrincipal): Promise<void> {
    await this.database.transaction(async (tx) => {
      const version = await this.factors.remove(tx, userId);
      if (version === undefined) throw new NotFound();
      await this.sessions.lowerAll(tx, userId, version);
      await this.notices.removed(tx, userId);
    });
  }
}
