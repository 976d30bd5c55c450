import { Injectable } from '@nestjs/common';
import { Clock } from '../../../shared/clock';
import { Unauthenticated } from '../../../shared/domain-error';
import { AccountStore, type User } from '../accounts/account.store';
import type { AccessAnswer, SessionAnswer, UserView } from '../auth.schema';
import { ACCESS_TOKEN_SECONDS, AccessTokens } from './access-tokens';
import type { Session } from './session.store';
import type { OpenSession } from './sessions.service';

/** What a phone gets for signing in or refreshing. */
@Injectable()
export class SessionAnswers {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly accounts: AccountStore,
    private readonly clock: Clock,
  ) {}

  async of({ session, refreshToken, user }: OpenSession & { user?: User }): Promise<SessionAnswer> {
    const owner = user ?? (await this.accounts.findById(session.userId));
    if (owner === undefined) throw new Unauthenticated();
    return {
      ...(await this.accessOf(session, owner)),
      refreshToken,
      refreshExpiresIn: Math.ceil((session.expiresAt.getTime() - this.clock.now().getTime()) / 1000),
      sessionId: session.id,
      user: toUserView(owner),
    };
  }

  /** Another access token for a session that goes on. */
  async accessOf(session: Session, user?: User): Promise<AccessAnswer> {
    const owner = user ?? (await this.accounts.findById(session.userId));
    if (owner === undefined) throw new Unauthenticated();
    return {
      accessToken: await this.tokens.issue(asOwned(session, owner), owner),
      tokenType: session.dpopJkt === null ? 'Bearer' : 'DPoP',
      expiresIn: ACCESS_TOKEN_SECONDS,
    };
  }
}

/**
 * The session was read before its owner: a second factor that was removed in between must not get into a token that
 * says it is of the time after.
 */
function asOwned(session: Session, { mfaEnabled }: User): Session {
  if (mfaEnabled || session.aal === 'aal1') return session;
  const amr = session.amr.filter((method) => method !== 'mfa');
  return { ...session, aal: 'aal1', secondFactorAt: null, amr };
}

/** An account exists only once its address is proved. */
export function toUserView(user: User): UserView {
  const { id, email, displayName, roles, mfaEnabled } = user;
  return { id, email, emailVerified: true, displayName, roles: [...roles], mfaEnabled };
}
