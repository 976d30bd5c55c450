import type { Transaction } from '../../../platform/database/transaction';
import type { AuthorizationCodeId, IdentityId, UserId } from '../../../shared/ids';

export interface SealedCode {
  readonly id: AuthorizationCodeId;
  readonly identityId: IdentityId;
  /** The app that was given the code: nobody else can exchange it. */
  readonly clientId: string;
  readonly sealed: Buffer;
  readonly expiresAt: Date;
}

export interface SealedRefreshToken {
  readonly identityId: IdentityId;
  readonly clientId: string;
  readonly sealed: Buffer;
}

/** What providers gave us to act for a user: codes on their way, and what they were exchanged for. */
export abstract class ProviderTokenStore {
  abstract addCode(tx: Transaction, code: SealedCode): Promise<void>;
  abstract findCode(id: AuthorizationCodeId): Promise<SealedCode | undefined>;
  /** Replaces the refresh token before, and forgets the code. */
  abstract exchanged(code: AuthorizationCodeId, token: SealedRefreshToken): Promise<void>;
  abstract dropCode(id: AuthorizationCodeId): Promise<void>;
  abstract refreshTokensOf(userId: UserId): Promise<SealedRefreshToken[]>;
  /** Does nothing when another one took its place. */
  abstract forgetRefreshToken(token: SealedRefreshToken): Promise<void>;
}
