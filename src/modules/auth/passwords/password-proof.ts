import { Injectable } from '@nestjs/common';
import { type DeviceId, newId } from '../../../shared/ids';
import { DevicesService } from '../../devices';
import { AccountStore, type User } from '../accounts/account.store';
import { EmailUnverified, InvalidCredentials } from '../auth.errors';
import { PasswordHasher } from './password-hasher';
import { SignInLock } from './sign-in-lock';

/** Whether somebody knows an account's password, asked no faster than the lock allows. */
@Injectable()
export class PasswordProof {
  constructor(
    private readonly accounts: AccountStore,
    private readonly devices: DevicesService,
    private readonly lock: SignInLock,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * Lock, then password, then whether the address is verified. The same work whether or not the address is known.
   * @throws AccountLocked before anything is hashed
   * @throws InvalidCredentials also for an unknown address
   * @throws EmailUnverified for the right password of a registration
   */
  async check(email: string, password: string, deviceId: DeviceId): Promise<User> {
    const [user, registration] = await Promise.all([
      this.accounts.findByEmail(email),
      this.accounts.findRegistration(email),
    ]);
    const isKnown = await this.devices.knows(user?.id ?? newId(), deviceId);
    const attempt = await this.lock.begin(email, isKnown ? deviceId : undefined);
    const hash = user === undefined ? registration?.passwordHash : user.passwordHash;
    const isRight = await this.hasher.verify(hash, password);
    await this.lock.settle(attempt, isRight, user?.id);
    if (!isRight) throw new InvalidCredentials();
    if (user === undefined) throw new EmailUnverified();
    return user;
  }
}
