import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import type { DeviceId, UserId } from '../../../shared/ids';
import { DeviceSigningKeys } from '../../devices';
import { SessionStore } from './session.store';
import { SessionLiveness } from './session-liveness';

/** Makes a device's new signing key known to whoever checks requests of its sessions. */
@Injectable()
export class SigningKeyChanges {
  constructor(
    private readonly store: SessionStore,
    private readonly liveness: SessionLiveness,
    keys: DeviceSigningKeys,
  ) {
    keys.afterChange((tx, userId, deviceId) => this.announce(tx, userId, deviceId));
  }

  private async announce(tx: Transaction, userId: UserId, deviceId: DeviceId): Promise<void> {
    const sessions = await this.store.liveOnDevice(tx, userId, deviceId);
    tx.afterCommit(() => {
      for (const { id, ...session } of sessions) void this.liveness.changed(id, session);
    });
  }
}
