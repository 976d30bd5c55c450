import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database';
import type { Transaction } from '../../platform/database/transaction';
import { Clock, DAY, secondsAfter } from '../../shared/clock';
import { randomToken, sha256 } from '../../shared/hash';
import { type DeviceId, newId, type SessionId, type UserId } from '../../shared/ids';
import { DevicesService } from '../devices';
import { DeviceMismatch, RefreshExpired, RefreshInvalid, SessionRevoked } from './auth.errors';
import { type Session, SessionStore } from './session.store';
import { SessionLiveness } from './session-liveness';

export const REFRESH_SECONDS = 7 * DAY;
const ABSOLUTE_SECONDS = 90 * DAY;

export interface OpenSession {
  readonly session: Session;
  /** Opaque to clients; only its SHA-256 is stored. */
  readonly refreshToken: string;
}

/** Sessions: opened by a sign-in, kept by refreshes (7 days sliding, 90 at most), ended by logout. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly store: SessionStore,
    private readonly liveness: SessionLiveness,
    private readonly devices: DevicesService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async open(
    tx: Transaction,
    userId: UserId,
    deviceId: DeviceId,
    proof: { aal: Session['aal']; amr: readonly string[] },
  ): Promise<OpenSession> {
    const now = this.clock.now();
    const session: Session = {
      id: newId(),
      userId,
      deviceId,
      ...proof,
      authenticatedAt: now,
      expiresAt: secondsAfter(now, REFRESH_SECONDS),
      absoluteExpiresAt: secondsAfter(now, ABSOLUTE_SECONDS),
      revokedAt: null,
    };
    const refreshToken = newRefreshToken(session.id);
    await this.store.create(tx, session, sha256(refreshToken), now);
    return { session, refreshToken };
  }

  /**
   * Exchanges a refresh token for the next one.
   * @throws RefreshInvalid, RefreshExpired, SessionRevoked, DeviceMismatch
   * @throws DeviceTokenInvalid when a device token is presented that is not this device's
   */
  async refresh(
    refreshToken: string,
    deviceId: DeviceId,
    deviceToken: string | undefined,
  ): Promise<OpenSession> {
    return this.database.transaction(async (tx) => {
      const now = this.clock.now();
      const used = sha256(refreshToken);
      const found = await this.store.lockByToken(tx, used);
      if (found === undefined || found.token.rotatedAt !== null) throw new RefreshInvalid();
      const { session, token } = found;
      if (session.revokedAt !== null) throw new SessionRevoked();
      if (session.deviceId !== deviceId) throw new DeviceMismatch();
      if (token.expiresAt <= now || session.absoluteExpiresAt <= now) throw new RefreshExpired();
      await this.devices.verifyToken(session.userId, deviceId, deviceToken);
      const next = newRefreshToken(session.id);
      const sliding = secondsAfter(now, REFRESH_SECONDS);
      const expiresAt = new Date(Math.min(sliding.getTime(), session.absoluteExpiresAt.getTime()));
      await this.store.rotate(tx, session.id, { used, next: sha256(next) }, expiresAt, now);
      return { session: { ...session, expiresAt }, refreshToken: next };
    });
  }

  async end(id: SessionId): Promise<void> {
    await this.store.revoke(id, 'logout', this.clock.now());
    await this.liveness.ended(id);
  }
}

/** The session's id stands in front, so that a limit can count by session before the token is looked up. */
const newRefreshToken = (id: SessionId): string => `${id}.${randomToken()}`;
