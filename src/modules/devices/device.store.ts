import type { Transaction } from '../../platform/database/transaction';
import type { DeviceId, UserId } from '../../shared/ids';
import type { PublicJwk } from '../../shared/public-jwk';
import type { DeviceFacts } from './devices.schema';

export interface Device {
  readonly deviceId: DeviceId;
  readonly platform: string;
  readonly appVersion: string;
  readonly osVersion: string | null;
  readonly model: string | null;
  readonly locale: string | null;
  readonly timezone: string | null;
  readonly pushProvider: string | null;
  readonly fallbackProvider: string | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
}

export interface DeviceTokens {
  /** The version of the app that the current token was issued to. */
  readonly appVersion: string | null;
  readonly current: Buffer | null;
  readonly previous: Buffer | null;
  readonly previousUntil: Date | null;
}

/** A token for the device, and what becomes of the one before. */
export interface NewDeviceToken {
  readonly hash: Buffer;
  readonly appVersion: string;
  readonly previous: Buffer | null;
  readonly previousUntil: Date | null;
}

/** What a phone's visit showed. */
export interface Sighting {
  readonly isNew: boolean;
  /** It says to be other hardware than before. */
  readonly fingerprintChanged: boolean;
}

/** A user's installations. A device is (user, deviceId): one phone may be several users' device. */
export abstract class DeviceStore {
  /** Makes the device or brings its facts up to date; whoever subscribes is told of a new one. */
  abstract seen(
    tx: Transaction,
    userId: UserId,
    deviceId: DeviceId,
    facts: DeviceFacts,
    now: Date,
  ): Promise<Sighting>;

  abstract find(userId: UserId, deviceId: DeviceId): Promise<Device | undefined>;

  /** By device id; up to `limit + 1` rows from `after` on. */
  abstract list(userId: UserId, limit: number, after: DeviceId | undefined): Promise<Device[]>;

  /** The token's state, locked until the transaction ends. */
  abstract lockTokens(tx: Transaction, userId: UserId, deviceId: DeviceId): Promise<DeviceTokens | undefined>;

  /** @param tx where the caller is in a transaction */
  abstract findTokens(
    userId: UserId,
    deviceId: DeviceId,
    tx?: Transaction,
  ): Promise<DeviceTokens | undefined>;

  abstract setToken(
    tx: Transaction,
    userId: UserId,
    deviceId: DeviceId,
    token: NewDeviceToken,
  ): Promise<void>;

  /** @returns whether there is such a device */
  abstract setSigningKey(
    tx: Transaction,
    userId: UserId,
    deviceId: DeviceId,
    key: PublicJwk | null,
  ): Promise<boolean>;

  /** Ends its sessions and its push with it, and tells whoever subscribes. @returns whether there was one */
  abstract delete(tx: Transaction, userId: UserId, deviceId: DeviceId, now: Date): Promise<boolean>;
}
