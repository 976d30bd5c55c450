import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import { Database } from '../../../platform/database/database';
import { Clock, HOUR, MINUTE } from '../../../shared/clock';
import type { DeviceId, UserId } from '../../../shared/ids';
import type { Keyring } from '../../../shared/keyring';
import { AuditLog } from '../../audit';
import { AccountLocked } from '../auth.errors';
import { type FailureCounter, type LockRules, SignInLockStore } from './sign-in-lock.store';

/** Five failures within 15 minutes lock for a minute, each further one for twice as long as the lock before. */
const RULES: LockRules = {
  maxFailures: 5,
  windowSeconds: 15 * MINUTE,
  firstLockSeconds: MINUTE,
  longestLockSeconds: HOUR,
};

/**
 * Stops guessing at one account, whether or not it exists. A device that signed in before counts for itself: whoever
 * guesses from elsewhere does not lock the owner out. It lives in Postgres alone: guessing must not become free while
 * Redis is away.
 *
 * A try is asked for before the password is looked at and settled after it. What parallel tries found out is told to
 * nobody once five of them failed.
 */
@Injectable()
export class SignInLock {
  constructor(
    private readonly store: SignInLockStore,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
    private readonly audit: AuditLog,
    private readonly database: Database,
  ) {}

  /**
   * @param knownDevice the device, if it signed in to this account before
   * @throws AccountLocked
   */
  async begin(email: string, knownDevice: DeviceId | undefined): Promise<FailureCounter> {
    const counter = { account: this.accountOf(email), deviceId: knownDevice };
    this.assertUnlocked(await this.store.lockedUntil(counter, this.clock.now()));
    return counter;
  }

  /**
   * @param owner whose account it is, where there is one: the same is audited and takes as long where there is none
   * @throws AccountLocked when others failed meanwhile: this try tells nothing then
   */
  async settle(counter: FailureCounter, succeeded: boolean, owner: UserId | undefined): Promise<void> {
    const now = this.clock.now();
    if (succeeded) return this.assertUnlocked(await this.store.clear(counter, now));
    const { lockedUntil, locks } = await this.store.countFailure(counter, RULES, now);
    if (locks) await this.noteLock(owner, counter.deviceId !== undefined);
    this.assertUnlocked(lockedUntil);
  }

  private async noteLock(owner: UserId | undefined, knownDevice: boolean): Promise<void> {
    const target = owner === undefined ? 'account' : `user:${owner}`;
    const event = { actor: 'system', action: 'sign_in.locked', target, details: { knownDevice } };
    await this.database.transaction((tx) => this.audit.record(tx, event));
  }

  /** For who proved to own the account by other means. */
  async forget(email: string): Promise<void> {
    await this.store.forget(this.accountOf(email));
  }

  private assertUnlocked(until: Date | undefined): void {
    if (until === undefined) return;
    const seconds = (until.getTime() - this.clock.now().getTime()) / 1000;
    throw new AccountLocked(Math.max(1, Math.ceil(seconds)));
  }

  private accountOf(email: string): Buffer {
    const [newest] = failureDigests(this.keys.data, email);
    if (newest === undefined) throw new Error('the keyring is empty');
    return newest;
  }
}

/** Under which failures of an address are counted, by each data key there is; the newest first. */
export const failureDigests = (keys: Keyring, email: string): Buffer[] =>
  keys.macs(email, 'sign-in-failures');
