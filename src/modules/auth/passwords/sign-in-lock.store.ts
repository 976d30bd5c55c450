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

export interface CountedFailure {
  /** Until when it was locked already. */
  readonly lockedUntil: Date | undefined;
  /** Whether this very failure locked it. */
  readonly locks: boolean;
}

export abstract class SignInLockStore {
  /** @returns until when it is locked, or undefined */
  abstract lockedUntil(counter: FailureCounter, now: Date): Promise<Date | undefined>;
  /** Counts a failure, unless it is locked. */
  abstract countFailure(counter: FailureCounter, rules: LockRules, now: Date): Promise<CountedFailure>;
  /** Forgets the failures, unless it is locked. @returns until when it is locked, or undefined */
  abstract clear(counter: FailureCounter, now: Date): Promise<Date | undefined>;
  /** Forgets all counters of an account, locks too. */
  abstract forget(account: Buffer): Promise<void>;
}
