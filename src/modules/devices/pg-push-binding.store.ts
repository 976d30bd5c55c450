import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '../../platform/database/transaction';
import type { DeviceId, UserId } from '../../shared/ids';
import {
  type Installation,
  PushBindingStore,
  type PushEndReason,
  type PushTarget,
} from './push-binding.store';

interface OwnerRow {
  readonly user_id: UserId;
  readonly device_id: DeviceId;
}

/** Both ways to the phone are over. */
const ended = (reason: PushEndReason, now: Date): RawBuilder<unknown> => sql`
  push_provider = null,
  push_target = null,
  fallback_provider = null,
  fallback_target = null,
  push_ended_at = ${now},
  push_end_reason = ${reason}`;

const isOwner = ({ userId, deviceId }: Installation): RawBuilder<boolean> =>
  sql`(user_id = ${userId} and device_id = ${deviceId})`;

@Injectable()
export class PgPushBindingStore extends PushBindingStore {
  async lock(tx: Transaction, targets: readonly PushTarget[]): Promise<void> {
    const names = targets.map(({ provider, target }) => `${provider}:${target}`).sort();
    for (const name of names) {
      await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx.tables());
    }
  }

  /** A device that loses its first way loses the other one too: the phone is somebody else's now. */
  async takeAway(
    tx: Transaction,
    { provider, target }: PushTarget,
    owner: Installation,
    now: Date,
  ): Promise<Installation[]> {
    const first = await sql<OwnerRow>`
      update loopin.devices
      set ${ended('superseded', now)}
      where push_provider = ${provider}
        and push_target = ${target}
        and not ${isOwner(owner)}
      returning user_id, device_id`.execute(tx.tables());
    const second = await sql<OwnerRow>`
      update loopin.devices
      set fallback_provider = null, fallback_target = null
      where fallback_provider = ${provider}
        and fallback_target = ${target}
        and not ${isOwner(owner)}
      returning user_id, device_id`.execute(tx.tables());
    return [...first.rows, ...second.rows].map(toInstallation);
  }

  async supersede(
    tx: Transaction,
    owner: Installation,
    fingerprint: string,
    platform: string,
    now: Date,
  ): Promise<Installation[]> {
    const { rows } = await sql<OwnerRow>`
      update loopin.devices
      set ${ended('superseded', now)}
      where user_id = ${owner.userId}
        and device_id <> ${owner.deviceId}
        and fingerprint = ${fingerprint}
        and platform = ${platform}
        and push_target is not null
      returning user_id, device_id`.execute(tx.tables());
    return rows.map(toInstallation);
  }

  async set(
    tx: Transaction,
    owner: Installation,
    primary: PushTarget,
    fallback: PushTarget | undefined,
  ): Promise<void> {
    await sql`
      update loopin.devices
      set push_provider = ${primary.provider},
          push_target = ${primary.target},
          fallback_provider = ${fallback?.provider ?? null},
          fallback_target = ${fallback?.target ?? null},
          push_ended_at = null,
          push_end_reason = null
      where ${isOwner(owner)}`.execute(tx.tables());
  }

  async clear(tx: Transaction, owner: Installation, now: Date): Promise<boolean> {
    const { numAffectedRows } = await sql`
      update loopin.devices
      set ${ended('withdrawn', now)}
      where ${isOwner(owner)}
        and push_target is not null`.execute(tx.tables());
    return (numAffectedRows ?? 0n) > 0n;
  }

  /**
   * A registration token that FCM forgot may have a subscription of OneSignal behind it that lives. The other way round
   * nothing is left: whoever unsubscribed must not be reached by another way.
   */
  async end(
    tx: Transaction,
    provider: string,
    targets: readonly string[],
    reason: PushEndReason,
    now: Date,
  ): Promise<void> {
    const promoted = provider === 'fcm';
    await sql`
      update loopin.devices
      set push_provider = case when ${promoted} then fallback_provider end,
          push_target = case when ${promoted} then fallback_target end,
          fallback_provider = null,
          fallback_target = null,
          push_ended_at = ${now},
          push_end_reason = ${reason}
      where push_provider = ${provider}
        and push_target = any(${targets}::text[])`.execute(tx.tables());
    await sql`
      update loopin.devices
      set fallback_provider = null, fallback_target = null
      where fallback_provider = ${provider}
        and fallback_target = any(${targets}::text[])`.execute(tx.tables());
  }
}

const toInstallation = ({ user_id, device_id }: OwnerRow): Installation => ({
  userId: user_id,
  deviceId: device_id,
});
