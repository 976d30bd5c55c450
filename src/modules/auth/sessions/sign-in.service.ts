import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { DevicesService, type SignInDevice } from '../../devices';
import type { User } from '../accounts/account.store';
import { PasswordExpiry } from '../passwords/password-expiry';
import { PasswordProof } from '../passwords/password-proof';
import { PasswordUpgrade } from '../passwords/password-upgrade';
import { SessionAlarms } from './session-alarms';
import { type OpenSession, SessionsService } from './sessions.service';

/** Sign-in by e-mail and password, and the session that every proof of who somebody is ends in. */
@Injectable()
export class SignInService {
  constructor(
    private readonly proof: PasswordProof,
    private readonly expiry: PasswordExpiry,
    private readonly upgrade: PasswordUpgrade,
    private readonly sessions: SessionsService,
    private readonly alarms: SessionAlarms,
    private readonly devices: DevicesService,
    private readonly database: Database,
  ) {}

  /**
   * In this order: lock, password, verified, age of the password.
   * @param key that the session is bound to: see `SessionKey`
   * @throws AccountLocked, InvalidCredentials, EmailUnverified, PasswordExpired
   */
  async login(
    email: string,
    password: string,
    device: SignInDevice,
    key: string | undefined,
  ): Promise<OpenSession & { user: User }> {
    const user = await this.proof.check(email, password, device.deviceId);
    await this.expiry.assertFresh(user);
    await this.upgrade.perform(user, password);
    return this.signIn(user, device, ['pwd'], key);
  }

  /**
   * Opens a session for somebody who has proved to be this user; the owner hears of a device that is new.
   * @param amr what proved it: `pwd` (RFC 8176), or the provider of the identity, `apple` or `google`
   * @param dpopJkt of the key that the session is bound to: see `SessionKey`
   */
  async signIn(
    user: User,
    { deviceId, ...facts }: SignInDevice,
    amr: readonly string[],
    dpopJkt: string | undefined,
  ): Promise<OpenSession & { user: User }> {
    return this.database.transaction(async (tx) => {
      const isNew = await this.devices.signedIn(tx, user.id, deviceId, facts);
      const opened = await this.sessions.open(tx, user.id, deviceId, { aal: 'aal1', amr, dpopJkt });
      if (isNew) await this.alarms.newDevice(tx, opened.session);
      return { ...opened, user };
    });
  }
}
