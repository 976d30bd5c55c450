import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { DevicesService, type SignInDevice } from '../../devices';
import { AccountStore, type User } from '../accounts/account.store';
import { SessionAlarms } from './session-alarms';
import { type OpenSession, SessionsService, type SignInProof } from './sessions.service';

/** The last step of a sign-in: the session on its device. */
@Injectable()
export class SessionOpening {
  constructor(
    private readonly accounts: AccountStore,
    private readonly sessions: SessionsService,
    private readonly alarms: SessionAlarms,
    private readonly devices: DevicesService,
    private readonly database: Database,
  ) {}

  /**
   * Tells the owner of a device that is new.
   * @param proved the account as it was when its owner was proved
   * @param mayEnter is asked last, of the account as it is now: it writes nothing when it says no
   * @returns undefined when what was proved was replaced meanwhile: whoever replaced it has ended every session, and
   *   this one must not come after
   */
  async open(
    proved: User,
    { deviceId, ...facts }: SignInDevice,
    proof: SignInProof,
    mayEnter: (tx: Transaction, user: User) => Promise<boolean> = async () => true,
  ): Promise<(OpenSession & { user: User }) | undefined> {
    return this.database.transaction(async (tx) => {
      const user = await this.accounts.holdStill(tx, proved.id);
      if (user === undefined || isOvertaken(proved, user, proof)) return undefined;
      if (!(await mayEnter(tx, user))) return undefined;
      const isNew = await this.devices.signedIn(tx, user.id, deviceId, facts);
      const opened = await this.sessions.open(tx, user.id, deviceId, proof);
      if (isNew) await this.alarms.newDevice(tx, opened.session);
      return { ...opened, user };
    });
  }
}

/** Hashing waits its turn and a second factor is typed: there is time for another password, or another second factor. */
function isOvertaken(before: User, now: User, { aal, amr }: SignInProof): boolean {
  if (amr.includes('pwd') && before.passwordChangedAt?.getTime() !== now.passwordChangedAt?.getTime()) {
    return true;
  }
  return now.mfaEnabled !== (aal === 'aal2');
}
