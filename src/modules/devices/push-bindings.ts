import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { pushTargetsConfig } from '../../config/slices';
import type { Transaction } from '../../platform/database/transaction';
import { ValidationFailed } from '../../shared/domain-error';
import { AuditLog } from '../audit';
import type { DeviceFacts, Push } from './devices.schema';
import {
  type Installation,
  PushBindingStore,
  type PushEndReason,
  type PushTarget,
} from './push-binding.store';

/** Who is reached by which push target: the newest registration wins, and every loss has its reason. */
@Injectable()
export class PushBindings {
  constructor(
    private readonly store: PushBindingStore,
    private readonly audit: AuditLog,
    @Inject(pushTargetsConfig.KEY) private readonly config: ConfigType<typeof pushTargetsConfig>,
  ) {}

  /**
   * To be called before anything else of the transaction is locked.
   * @throws ValidationFailed for a target of a provider that is off
   */
  async lock(tx: Transaction, push: Push): Promise<void> {
    if (push.token !== undefined && !this.config.fcm) {
      const path = push.provider === 'fcm' ? 'push.provider' : 'push.token';
      throw new ValidationFailed([{ path, message: 'FCM is off here' }]);
    }
    await this.store.lock(tx, targetsOf(push));
  }

  /** Binds a device to its targets, or ends its push when there are none; undefined leaves all as it is. */
  async bind(
    tx: Transaction,
    owner: Installation,
    { fingerprint, platform }: DeviceFacts,
    push: Push | null | undefined,
    now: Date,
  ): Promise<void> {
    if (push === undefined) return;
    if (push === null) return this.withdraw(tx, owner, now);
    const targets = targetsOf(push);
    for (const target of targets) {
      const losers = await this.store.takeAway(tx, target, owner, now);
      await this.record(tx, owner, 'device.push_target_taken', losers);
    }
    if (fingerprint !== undefined) {
      const losers = await this.store.supersede(tx, owner, fingerprint, platform, now);
      await this.record(tx, owner, 'device.push_superseded', losers);
    }
    const [primary, fallback] = targets;
    if (primary !== undefined) await this.store.set(tx, owner, primary, fallback);
  }

  /** A provider says that nobody is behind these targets any more. */
  async end(
    tx: Transaction,
    provider: string,
    targets: readonly string[],
    reason: PushEndReason,
    now: Date,
  ): Promise<void> {
    if (targets.length > 0) await this.store.end(tx, provider, targets, reason, now);
  }

  private async withdraw(tx: Transaction, owner: Installation, now: Date): Promise<void> {
    if (await this.store.clear(tx, owner, now))
      await this.record(tx, owner, 'device.push_withdrawn', [owner]);
  }

  private async record(
    tx: Transaction,
    owner: Installation,
    action: string,
    losers: readonly Installation[],
  ): Promise<void> {
    for (const { userId } of losers) {
      const event = { actor: `user:${owner.userId}`, action, target: `user:${userId}` };
      await this.audit.record(tx, { ...event, deviceId: owner.deviceId });
    }
  }
}

/** The named provider's first. */
function targetsOf({ provider, subscriptionId, token }: Push): PushTarget[] {
  const targets: PushTarget[] = [];
  if (subscriptionId !== undefined) targets.push({ provider: 'onesignal', target: subscriptionId });
  if (token !== undefined) targets.push({ provider: 'fcm', target: token });
  return targets.sort((one) => (one.provider === provider ? -1 : 1));
}
