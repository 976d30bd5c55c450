import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';

export interface StoredFactor {
  readonly secretSealed: Buffer;
  /** Null once confirmed. */
  readonly pendingUntil: Date | null;
  /** Null while it is not, and where it was before that was noted. */
  readonly confirmedAt: Date | null;
  /** Of the newest code that was taken. */
  readonly lastStep: number | null;
  readonly failedAt: readonly Date[];
}

/** A user's authenticator app and recovery codes. */
export abstract class SecondFactorStore {
  /** Replaces one that was not confirmed. @returns false when one is */
  abstract begin(tx: Transaction, userId: UserId, secretSealed: Buffer, pendingUntil: Date): Promise<boolean>;
  /** Locked until the transaction ends: codes of one user are judged one after the other. */
  abstract lock(tx: Transaction, userId: UserId): Promise<StoredFactor | undefined>;
  abstract confirm(
    tx: Transaction,
    userId: UserId,
    recoveryMacs: readonly Buffer[],
    now: Date,
  ): Promise<void>;
  abstract takeStep(tx: Transaction, userId: UserId, step: number): Promise<void>;
  /** @returns how many are left; undefined when none of these is good */
  abstract takeRecoveryCode(
    tx: Transaction,
    userId: UserId,
    macs: readonly Buffer[],
  ): Promise<number | undefined>;
  abstract noteFailures(tx: Transaction, userId: UserId, failedAt: readonly Date[]): Promise<void>;
  /**
   * Also ends the sign-ins that wait for it. Access tokens that tell of it are refused from now on.
   * @returns the version that access tokens need now; undefined when none was confirmed
   */
  abstract remove(tx: Transaction, userId: UserId): Promise<number | undefined>;
}
