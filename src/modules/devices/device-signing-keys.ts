import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database';
import type { Transaction } from '../../platform/database/transaction';
import { NotFound } from '../../shared/domain-error';
import type { DeviceId, UserId } from '../../shared/ids';
import type { PublicJwk } from '../../shared/public-jwk';
import { AuditLog } from '../audit';
import { DeviceStore } from './device.store';

type ChangeFollower = (tx: Transaction, userId: UserId, deviceId: DeviceId) => Promise<void>;

/** The keys that devices sign their requests with: from its registration on every request of the device is signed. */
@Injectable()
export class DeviceSigningKeys {
  private readonly followers: ChangeFollower[] = [];

  constructor(
    private readonly store: DeviceStore,
    private readonly audit: AuditLog,
    private readonly database: Database,
  ) {}

  /** Lets a module that devices don't know act in the transaction that changes a key, after the change. */
  afterChange(follower: ChangeFollower): void {
    this.followers.push(follower);
  }

  /** @throws NotFound when the device was deleted meanwhile */
  async register(userId: UserId, deviceId: DeviceId, key: PublicJwk): Promise<void> {
    await this.change(userId, deviceId, key, 'device.signing_key_registered');
  }

  /** Removing it twice is fine. @throws NotFound when the device was deleted meanwhile */
  async remove(userId: UserId, deviceId: DeviceId): Promise<void> {
    await this.change(userId, deviceId, null, 'device.signing_key_removed');
  }

  private async change(
    userId: UserId,
    deviceId: DeviceId,
    key: PublicJwk | null,
    action: string,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (!(await this.store.setSigningKey(tx, userId, deviceId, key))) throw new NotFound();
      const actor = `user:${userId}`;
      await this.audit.record(tx, { actor, action, target: actor, deviceId });
      for (const follower of this.followers) await follower(tx, userId, deviceId);
    });
  }
}
