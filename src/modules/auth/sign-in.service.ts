import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database';
import { DevicesService, type SignInDevice } from '../devices';
import { AccountStore, type User } from './account.store';
import { EmailUnverified, InvalidCredentials } from './auth.errors';
import { PasswordHasher } from './password-hasher';
import { SessionAlarms } from './session-alarms';
import { type OpenSession, SessionsService } from './sessions.service';

/** Sign-in by e-mail and password. */
@Injectable()
export class SignInService {
  constructor(
    private readonly accounts: AccountStore,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionsService,
    private readonly alarms: SessionAlarms,
    private readonly devices: DevicesService,
    private readonly database: Database,
  ) {}

  /**
   * One hash is computed whether or not the address is known.
   * @throws InvalidCredentials also for an unknown address
   * @throws EmailUnverified for the right password of a registration
   */
  async login(email: string, password: string, device: SignInDevice): Promise<OpenSession & { user: User }> {
    // both are always asked for, so that the time tells nothing
    const [user, registration] = await Promise.all([
      this.accounts.findByEmail(email),
      this.accounts.findRegistration(email),
    ]);
    const hash = user === undefined ? registration?.passwordHash : user.passwordHash;
    if (!(await this.hasher.verify(hash, password))) throw new InvalidCredentials();
    if (user === undefined) throw new EmailUnverified();
    const { deviceId, ...facts } = device;
    return this.database.transaction(async (tx) => {
      const isNew = await this.devices.signedIn(tx, user.id, deviceId, facts);
      const opened = await this.sessions.open(tx, user.id, deviceId, { aal: 'aal1', amr: ['pwd'] });
      if (isNew) await this.alarms.newDevice(tx, opened.session);
      return { ...opened, user };
    });
  }
}
