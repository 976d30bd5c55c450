import type { DeviceId } from '../../../shared/ids';

/** What failures are counted by: the account as a keyed digest, and the device if it signed in before. */
export interface FailureCounter {
  readonly account: Buffer;
  readonly deviceId: DeviceId | undefined;
}

export interface LockRules {
  readonly maxFailures: number;
  readonly windowSeconds: number;
  readonly firstLockSeconds: number;
  readonly longestLockSeconds: number;
}

export abstract class SignInLockStore {
  /** @returns until when it is locked, or undefined */
  abstract lockedUntil(counter: FailureCounter, now: Date): Promise<Date | undefined>;
  /** Counts a failure, unless it is locked. @returns until when it was locked already, or undefined */
  abstract countFailure(counter: FailureCounter, rules: LockRules, now: Date): Promise<Date | undefined>;
  /** Forgets the failures, unless it is locked. @returns until when it is locked, or undefined */
  abstract clear(counter: FailureCounter, now: Date): Promise<Date | undefined>;
  /** Forgets all counters of an account, locks too. */
  abstract forget(account: Buffer): Promise<void>;
}
