import type { Transaction } from '../../../platform/database/transaction';
import type { DeviceId, SessionId, UserId } from '../../../shared/ids';

export interface Session {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly aal: 'aal1' | 'aal2';
  readonly amr: readonly string[];
  readonly authenticatedAt: Date;
  readonly expiresAt: Date;
  readonly absoluteExpiresAt: Date;
}

/** A session as its owner sees it. */
export interface SessionListing {
  readonly id: SessionId;
  readonly deviceId: DeviceId;
  readonly platform: string;
  readonly model: string | null;
  readonly appVersion: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
}

export type RevokeReason = 'logout' | 'revoked' | 'refresh_reused' | 'too_many_sessions' | 'password_changed';

/** One session of a user: revoking asks for both, so that nobody ends another's. */
export interface OwnSession {
  readonly userId: UserId;
  readonly id: SessionId;
}

export abstract class SessionStore {
  abstract create(tx: Transaction, session: Session, now: Date): Promise<void>;
  /** @returns the version of its owner's roles while the session lives, else undefined */
  abstract liveRolesVersion(id: SessionId, now: Date): Promise<number | undefined>;

  /** Live sessions by id; up to `limit + 1` rows from `after` on. */
  abstract list(
    userId: UserId,
    limit: number,
    after: SessionId | undefined,
    now: Date,
  ): Promise<SessionListing[]>;

  /** @returns whether it was live */
  abstract revoke(tx: Transaction, session: OwnSession, reason: RevokeReason, now: Date): Promise<boolean>;
  /** Ends all sessions of a user, or all but one. @returns those that were live */
  abstract revokeAllBut(
    tx: Transaction,
    userId: UserId,
    kept: SessionId | undefined,
    reason: RevokeReason,
    now: Date,
  ): Promise<SessionId[]>;
  /** @returns those that were live */
  abstract revokeOfDevice(
    tx: Transaction,
    userId: UserId,
    deviceId: DeviceId,
    now: Date,
  ): Promise<SessionId[]>;
  /** Ends the longest unused beyond `keep`. @returns those that were live */
  abstract revokeBeyond(tx: Transaction, userId: UserId, keep: number, now: Date): Promise<SessionId[]>;

  /** @returns whether the last notice of this session is older than `before`, which is noted as now */
  abstract claimMismatchNotice(tx: Transaction, id: SessionId, before: Date, now: Date): Promise<boolean>;
}
