import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock, secondsAfter } from '../../../shared/clock';
import type { DomainError } from '../../../shared/domain-error';
import { sha256 } from '../../../shared/hash';
import type { DeviceId } from '../../../shared/ids';
import { keyringFromSecret } from '../../../shared/keyring';
import { DevicesService } from '../../devices';
import {
  DeviceMismatch,
  RefreshExpired,
  RefreshInvalid,
  RefreshReused,
  SessionRevoked,
} from '../auth.errors';
import { InvalidDpopProof } from '../proofs/proof.errors';
import { judgeRefresh } from './refresh-rules';
import { RefreshTokenStore, type StoredRefreshToken } from './refresh-token.store';
import type { Session } from './session.store';
import { SessionAlarms } from './session-alarms';
import { newRefreshToken, type OpenSession, REFRESH_SECONDS } from './sessions.service';

/** Refreshed, or why not: a refusal may have to be committed, so it is thrown after the transaction only. */
type Result = { readonly opened: OpenSession } | { readonly refusal: DomainError };

/** Exchanges refresh tokens by the rules of `refresh-rules.ts`, one request of a token at a time. */
@Injectable()
export class RefreshService {
  constructor(
    private readonly tokens: RefreshTokenStore,
    private readonly alarms: SessionAlarms,
    private readonly devices: DevicesService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * @param key that the request proves: see `RefreshedKey`
   * @throws RefreshInvalid, RefreshExpired, RefreshReused, SessionRevoked, DeviceMismatch
   * @throws InvalidDpopProof when the session is bound to another key; nothing happens to it
   * @throws DeviceTokenInvalid when a device token is presented that is not this device's
   */
  async refresh(
    refreshToken: string,
    deviceId: DeviceId,
    deviceToken: string | undefined,
    key: string | undefined,
  ): Promise<OpenSession> {
    const result = await this.database.transaction(async (tx): Promise<Result> => {
      const stored = await this.tokens.lock(tx, sha256(refreshToken));
      if (stored === undefined) return { refusal: new RefreshInvalid() };
      // before the rules: who lacks the key gets no token, and can't end the session of who has it
      if (!holdsKey(stored.session, key)) return { refusal: notItsKey(key) };
      return this.judge(tx, stored, refreshToken, deviceId, deviceToken);
    });
    if ('refusal' in result) throw result.refusal;
    return result.opened;
  }

  private async judge(
    tx: Transaction,
    stored: StoredRefreshToken,
    presented: string,
    deviceId: DeviceId,
    deviceToken: string | undefined,
  ): Promise<Result> {
    const verdict = judgeRefresh(stored, deviceId, this.clock.now());
    switch (verdict.verdict) {
      case 'expired':
        return { refusal: new RefreshExpired() };
      case 'revoked':
        return { refusal: new SessionRevoked() };
      case 'device_mismatch':
        await this.alarms.deviceMismatch(tx, stored.session, deviceId);
        return { refusal: new DeviceMismatch() };
      case 'reused':
        if (stored.session.revokedAt === null) await this.alarms.tokenReused(tx, stored.session, deviceId);
        return { refusal: new RefreshReused() };
      case 'replay': {
        await this.devices.verifyToken(stored.session.userId, deviceId, deviceToken, tx);
        await this.tokens.countReplay(tx, stored.hash, verdict.window);
        const successor = successorKey(presented).open(verdict.rotation.successorSealed, SUCCESSOR);
        return { opened: { session: stored.session, refreshToken: successor.toString() } };
      }
      case 'rotate':
        await this.devices.verifyToken(stored.session.userId, deviceId, deviceToken, tx);
        return { opened: await this.rotate(tx, stored, presented) };
    }
  }

  private async rotate(tx: Transaction, stored: StoredRefreshToken, presented: string): Promise<OpenSession> {
    const { session } = stored;
    const now = this.clock.now();
    const next = newRefreshToken(session.id);
    const sliding = secondsAfter(now, REFRESH_SECONDS);
    const expiresAt = sliding < session.absoluteExpiresAt ? sliding : session.absoluteExpiresAt;
    await this.tokens.markRotated(tx, stored.hash, successorKey(presented).seal(next, SUCCESSOR), now);
    await this.tokens.touchSession(tx, session.id, expiresAt, now);
    await this.tokens.add(tx, session.id, sha256(next), expiresAt, now);
    return { session: { ...session, expiresAt }, refreshToken: next };
  }
}

const holdsKey = ({ dpopJkt }: Session, key: string | undefined): boolean =>
  dpopJkt === null || dpopJkt === key;

const notItsKey = (key: string | undefined): DomainError =>
  new InvalidDpopProof(
    key === undefined ? 'there is no DPoP header' : 'the session is bound to another key',
    'refresh',
  );

const SUCCESSOR = 'refresh-successor';

/** Only who holds the old token can read the one it was exchanged for: the database alone gives nothing away. */
const successorKey = (presented: string) => keyringFromSecret(presented, SUCCESSOR);
