import type { Transaction } from '../../../platform/database/transaction';
import type { DeviceId, SessionId, UserId } from '../../../shared/ids';
import type { PublicJwk } from '../../../shared/public-jwk';

export interface Session {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly aal: 'aal1' | 'aal2';
  readonly amr: readonly string[];
  /** The last proof of who it is, by whatever factor. */
  readonly authenticatedAt: Date;
  /** Thumbprint (RFC 7638) of the key that every use of the session proves; null: it is not bound to one. */
  readonly dpopJkt: string | null;
  /** The last second factor; null at `aal1`. */
  readonly secondFactorAt: Date | null;
  readonly expiresAt: Date;
  readonly absoluteExpiresAt: Date;
}

/** What a request has to know of a session that lives. */
export interface LiveSession {
  /** Version of its owner's roles. */
  readonly rolesVersion: number;
  /** What its device signs requests with, where it has registered a key. */
  readonly signingKey: PublicJwk | null;
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

export type RevokeReason =
  | 'logout'
  | 'revoked'
  | 'refresh_reused'
  | 'too_many_sessions'
  | 'password_changed'
  | 'second_factor_reset'
  | 'email_change_undone'
  | 'account_deletion';

/** One session of a user: revoking asks for both, so that nobody ends another's. */
export interface OwnSession {
  readonly userId: UserId;
  readonly id: SessionId;
}

export abstract class SessionStore {
  abstract create(tx: Transaction, session: Session, now: Date): Promise<void>;
  /** @returns undefined when it has ended */
  abstract findLive(id: SessionId, now: Date): Promise<LiveSession | undefined>;
  /** Of sessions that nobody ended. */
  abstract liveOnDevice(
    tx: Transaction,
    userId: UserId,
    deviceId: DeviceId,
  ): Promise<(LiveSession & { readonly id: SessionId })[]>;

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
  /**
   * Ends what is beyond `keep`: first further ones of a device that has a newer one, then the longest unused.
   * @returns those that were live
   */
  abstract revokeBeyond(tx: Transaction, userId: UserId, keep: number, now: Date): Promise<SessionId[]>;

  /** @returns whether the last notice of this session is older than `before`, which is noted as now */
  abstract claimMismatchNotice(tx: Transaction, id: SessionId, before: Date, now: Date): Promise<boolean>;
}
