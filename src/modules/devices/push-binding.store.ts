import type { Transaction } from '../../platform/database/transaction';
import type { DeviceId, UserId } from '../../shared/ids';

export interface PushTarget {
  readonly provider: 'onesignal' | 'fcm';
  /** Subscription id or registration token. */
  readonly target: string;
}

export interface Installation {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
}

/** Why a push target was taken away from a device. */
export type PushEndReason = 'superseded' | 'withdrawn' | 'invalid_token';

/** Which device is reached by which push targets: each target belongs to one device, in one of two places. */
export abstract class PushBindingStore {
  /** One claim of these targets at a time, until the transaction ends. */
  abstract lock(tx: Transaction, targets: readonly PushTarget[]): Promise<void>;

  /** Ends the push of every other device that is reached by this target. @returns those devices */
  abstract takeAway(
    tx: Transaction,
    target: PushTarget,
    owner: Installation,
    now: Date,
  ): Promise<Installation[]>;

  /** Ends the push of the same user's other installations on the same hardware. @returns those devices */
  abstract supersede(
    tx: Transaction,
    owner: Installation,
    fingerprint: string,
    platform: string,
    now: Date,
  ): Promise<Installation[]>;

  abstract set(
    tx: Transaction,
    owner: Installation,
    primary: PushTarget,
    fallback: PushTarget | undefined,
  ): Promise<void>;

  /** @returns whether there was any */
  abstract clear(tx: Transaction, owner: Installation, now: Date): Promise<boolean>;

  /** Takes dead targets away from the devices that still have them. */
  abstract end(
    tx: Transaction,
    provider: string,
    targets: readonly string[],
    reason: PushEndReason,
    now: Date,
  ): Promise<void>;
}
