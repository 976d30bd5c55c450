import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { UserPrincipal } from '../../../platform/http/principal';
import { DomainError, Unauthenticated } from '../../../shared/domain-error';
import { AccountStore } from '../accounts/account.store';
import { throwAfterCommit } from '../mfa/commit';
import { SecondFactors } from '../mfa/second-factors';
import { PasswordProof } from '../passwords/password-proof';
import type { Session } from './session.store';
import { SessionProofs } from './session-proofs';

/** A signed-in person proves again who they are. */
@Injectable()
export class StepUpService {
  constructor(
    private readonly accounts: AccountStore,
    private readonly password: PasswordProof,
    private readonly factors: SecondFactors,
    private readonly proofs: SessionProofs,
    private readonly database: Database,
  ) {}

  /** By a code of the authenticator app or a recovery code: the session is `aal2` from then on. @throws InvalidCode, RateLimited */
  async byCode({ userId, sessionId }: UserPrincipal, code: string): Promise<Session> {
    return throwAfterCommit(this.database, async (tx) => {
      const amr = await this.factors.prove(tx, userId, code);
      if (amr instanceof DomainError) return amr;
      return this.proofs.raise(tx, { userId, id: sessionId }, { amr, secondFactor: true });
    });
  }

  /** By the password, behind the lock of sign-ins: a first factor only. @throws AccountLocked, InvalidCredentials */
  async byPassword({ userId, sessionId, deviceId }: UserPrincipal, password: string): Promise<Session> {
    const user = await this.accounts.findById(userId);
    if (user === undefined) throw new Unauthenticated();
    await this.password.check(user.email, password, deviceId);
    const proof = { amr: ['pwd'], secondFactor: false };
    return this.database.transaction((tx) => this.proofs.raise(tx, { userId, id: sessionId }, proof));
  }
}
