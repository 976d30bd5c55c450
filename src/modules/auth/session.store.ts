import type { Transaction } from '../../platform/database/transaction';
import type { DeviceId, SessionId, UserId } from '../../shared/ids';

export interface Session {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly aal: 'aal1' | 'aal2';
  readonly amr: readonly string[];
  readonly authenticatedAt: Date;
  readonly expiresAt: Date;
  readonly absoluteExpiresAt: Date;
  readonly revokedAt: Date | null;
}

export interface RefreshToken {
  readonly hash: Buffer;
  readonly expiresAt: Date;
  readonly rotatedAt: Date | null;
}

export type RevokeReason = 'logout';

/** Sessions and their refresh tokens, which are known by their SHA-256 only. */
export abstract class SessionStore {
  abstract create(tx: Transaction, session: Session, tokenHash: Buffer, now: Date): Promise<void>;
  /** The token with its session, both locked until the transaction ends. */
  abstract lockByToken(
    tx: Transaction,
    tokenHash: Buffer,
  ): Promise<{ token: RefreshToken; session: Session } | undefined>;
  /** Replaces a token and slides the session's expiry. */
  abstract rotate(
    tx: Transaction,
    sessionId: SessionId,
    tokens: { used: Buffer; next: Buffer },
    expiresAt: Date,
    now: Date,
  ): Promise<void>;
  abstract isLive(id: SessionId, now: Date): Promise<boolean>;
  abstract revoke(id: SessionId, reason: RevokeReason, now: Date): Promise<void>;
}
