import type { Transaction } from '../../../platform/database/transaction';
import type { SessionId } from '../../../shared/ids';
import type { RevokeReason, Session } from './session.store';

/** What happened since a token was exchanged. */
export interface RotationRecord {
  readonly rotatedAt: Date;
  /** The token it was exchanged for, under a key derived from this token. */
  readonly successorSealed: Buffer;
  /** Replays within the first seconds, which count as parallel. */
  readonly earlyReplays: number;
  /** Replays after that. */
  readonly lateReplays: number;
}

export interface StoredRefreshToken {
  readonly hash: Buffer;
  readonly expiresAt: Date;
  /** Null while it is the current one. */
  readonly rotation: RotationRecord | null;
  readonly session: Session & { readonly revokedAt: Date | null; readonly revokeReason: RevokeReason | null };
}

/** Refresh tokens, known by their SHA-256 only. */
export abstract class RefreshTokenStore {
  abstract add(
    tx: Transaction,
    sessionId: SessionId,
    hash: Buffer,
    expiresAt: Date,
    now: Date,
  ): Promise<void>;
  /** The token with its session, both locked until the transaction ends. */
  abstract lock(tx: Transaction, hash: Buffer): Promise<StoredRefreshToken | undefined>;
  abstract markRotated(tx: Transaction, hash: Buffer, successorSealed: Buffer, now: Date): Promise<void>;
  abstract countReplay(tx: Transaction, hash: Buffer, window: 'early' | 'late'): Promise<void>;
  /** Slides the session's expiry. */
  abstract touchSession(tx: Transaction, id: SessionId, expiresAt: Date, now: Date): Promise<void>;
}
