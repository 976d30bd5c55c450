import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock, DAY, secondsAfter } from '../../../shared/clock';
import { NotFound } from '../../../shared/domain-error';
import { randomToken, sha256 } from '../../../shared/hash';
import { type DeviceId, newId, type SessionId, type UserId } from '../../../shared/ids';
import { type Page, type PageQuery, toPage } from '../../../shared/page';
import { AuditLog } from '../../audit';
import { DevicesService } from '../../devices';
import { RefreshTokenStore } from './refresh-token.store';
import {
  type OwnSession,
  type RevokeReason,
  type Session,
  type SessionListing,
  SessionStore,
} from './session.store';
import { SessionLiveness } from './session-liveness';

export const REFRESH_SECONDS = 7 * DAY;
const ABSOLUTE_SECONDS = 90 * DAY;
const MAX_SESSIONS = 10;

/** What a sign-in proved. */
export interface SignInProof extends Pick<Session, 'aal' | 'amr'> {
  /** The key that the session is bound to: see `SessionKey`. */
  readonly dpopJkt?: string | null | undefined;
}

export interface OpenSession {
  readonly session: Session;
  /** Opaque to clients; only its SHA-256 is stored. */
  readonly refreshToken: string;
}

/** Sessions: opened by a sign-in, kept by refreshes (7 days sliding, 90 at most), ended by their owner. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly store: SessionStore,
    private readonly tokens: RefreshTokenStore,
    private readonly liveness: SessionLiveness,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
    devices: DevicesService,
  ) {
    devices.beforeDelete((tx, userId, deviceId) => this.deviceDeleted(tx, userId, deviceId));
  }

  /**
   * Opens a session; beyond ten another ends, see `SessionStore.revokeBeyond`. The account is held still meanwhile, or of
   * several sign-ins at once each would count without the others.
   */
  async open(
    tx: Transaction,
    userId: UserId,
    deviceId: DeviceId,
    { aal, amr, dpopJkt = null }: SignInProof,
  ): Promise<OpenSession> {
    const now = this.clock.now();
    const session: Session = {
      id: newId(),
      userId,
      deviceId,
      aal,
      amr,
      dpopJkt,
      authenticatedAt: now,
      secondFactorAt: aal === 'aal2' ? now : null,
      expiresAt: secondsAfter(now, REFRESH_SECONDS),
      absoluteExpiresAt: secondsAfter(now, ABSOLUTE_SECONDS),
    };
    const refreshToken = newRefreshToken(session.id);
    await this.store.create(tx, session, now);
    await this.tokens.add(tx, session.id, sha256(refreshToken), session.expiresAt, now);
    await this.ended(
      tx,
      userId,
      await this.store.revokeBeyond(tx, userId, MAX_SESSIONS, now),
      'too_many_sessions',
    );
    const details = { aal, by: amr.join(' '), bound: dpopJkt !== null };
    const target = `session:${session.id}`;
    await this.audit.record(tx, {
      actor: `user:${userId}`,
      action: 'session.opened',
      target,
      deviceId,
      details,
    });
    return { session, refreshToken };
  }

  async list(userId: UserId, page: PageQuery): Promise<Page<SessionListing>> {
    const after = page.cursor as SessionId | undefined;
    const rows = await this.store.list(userId, page.limit, after, this.clock.now());
    return toPage(rows, page.limit, (session) => session.id);
  }

  /** Ending a session twice is fine. */
  async logout(session: OwnSession): Promise<void> {
    await this.end(session, 'logout');
  }

  /** @throws NotFound also for another user's session */
  async revoke(session: OwnSession): Promise<void> {
    if (!(await this.end(session, 'revoked'))) throw new NotFound();
  }

  /** Ends every session of the user but this one. */
  async logoutOthers({ userId, id }: OwnSession): Promise<void> {
    await this.database.transaction((tx) => this.endAllBut(tx, userId, id, 'revoked'));
  }

  /** Who knew the password before may be signed in: every session ends, or every one but that of the change. */
  async passwordChanged(tx: Transaction, userId: UserId, kept: SessionId | undefined): Promise<void> {
    await this.endAllBut(tx, userId, kept, 'password_changed');
  }

  /** Whoever had taken the address over may be signed in: every session ends. */
  async addressTakenBack(tx: Transaction, userId: UserId): Promise<void> {
    await this.endAllBut(tx, userId, undefined, 'email_change_undone');
  }

  /** Whoever else is signed in when the account is to be erased has to sign in again. */
  async accountDeletionAsked(tx: Transaction, { userId, id }: OwnSession): Promise<void> {
    await this.endAllBut(tx, userId, id, 'account_deletion');
  }

  private async endAllBut(
    tx: Transaction,
    userId: UserId,
    kept: SessionId | undefined,
    reason: RevokeReason,
  ): Promise<void> {
    const ended = await this.store.revokeAllBut(tx, userId, kept, reason, this.clock.now());
    await this.ended(tx, userId, ended, reason);
  }

  private async deviceDeleted(tx: Transaction, userId: UserId, deviceId: DeviceId): Promise<void> {
    const ended = await this.store.revokeOfDevice(tx, userId, deviceId, this.clock.now());
    await this.ended(tx, userId, ended, 'device_deleted');
  }

  private async ended(
    tx: Transaction,
    userId: UserId,
    ids: readonly SessionId[],
    reason: RevokeReason | 'device_deleted',
  ): Promise<void> {
    const event = { actor: `user:${userId}`, action: 'session.revoked', details: { reason } };
    await this.audit.recordAll(
      tx,
      ids.map((id) => ({ ...event, target: `session:${id}` })),
    );
    this.announceEnd(tx, ids);
  }

  private async end(session: OwnSession, reason: RevokeReason): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const wasLive = await this.store.revoke(tx, session, reason, this.clock.now());
      if (wasLive) await this.ended(tx, session.userId, [session.id], reason);
      return wasLive;
    });
  }

  private announceEnd(tx: Transaction, ids: readonly SessionId[]): void {
    tx.afterCommit(() => {
      for (const id of ids) void this.liveness.ended(id);
    });
  }
}

/** The session's id stands in front, so that a limit can count by session before the token is looked up. */
export const newRefreshToken = (id: SessionId): string => `${id}.${randomToken()}`;
