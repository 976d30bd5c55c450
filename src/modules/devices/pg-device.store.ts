import { Injectable } from '@nestjs/common';
import { type ColumnType, type Generated, type Kysely, type Selectable, sql } from 'kysely';
import { Database } from '../../platform/database/database';
import { statement } from '../../platform/database/statement';
import type { Transaction } from '../../platform/database/transaction';
import { type DeviceId, newId, type UserId } from '../../shared/ids';
import type { PublicJwk } from '../../shared/public-jwk';
import { DeviceRegistered, DeviceRemoved, toEvent, writeEvents } from '../events';
import {
  type Device,
  DeviceStore,
  type DeviceTokens,
  type NewDeviceToken,
  type Sighting,
} from './device.store';
import type { DeviceFacts } from './devices.schema';

interface DeviceTable {
  id: string;
  user_id: UserId;
  device_id: DeviceId;
  platform: string;
  app_version: string;
  os_version: string | null;
  model: string | null;
  locale: string | null;
  timezone: string | null;
  fingerprint: string | null;
  push_provider: Generated<string | null>;
  fallback_provider: Generated<string | null>;
  fingerprint_changed_at: Generated<Date | null>;
  token_hash: Generated<Buffer | null>;
  token_app_version: Generated<string | null>;
  previous_token_hash: Generated<Buffer | null>;
  previous_token_until: Generated<Date | null>;
  created_at: Date;
  last_seen_at: Date;
  signing_key: ColumnType<PublicJwk | null, string | null | undefined, string | null>;
}

interface DeviceTables {
  'loopin.devices': DeviceTable;
}

const VIEW = [
  'device_id',
  'platform',
  'app_version',
  'os_version',
  'model',
  'locale',
  'timezone',
  'push_provider',
  'fallback_provider',
  'created_at',
  'last_seen_at',
] as const;
const TOKENS = ['token_app_version', 'token_hash', 'previous_token_hash', 'previous_token_until'] as const;

const DEVICE = statement((db: Kysely<DeviceTables>, userId: UserId, deviceId: DeviceId) =>
  db
    .selectFrom('loopin.devices')
    .select(VIEW)
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId),
);

@Injectable()
export class PgDeviceStore extends DeviceStore {
  constructor(private readonly database: Database) {
    super();
  }

  async seen(
    tx: Transaction,
    userId: UserId,
    deviceId: DeviceId,
    facts: DeviceFacts,
    now: Date,
  ): Promise<Sighting> {
    const columns = { ...toColumns(facts), last_seen_at: now };
    const changed = sql<boolean>`devices.fingerprint <> excluded.fingerprint`;
    const row = await tx
      .tables<DeviceTables>()
      .insertInto('loopin.devices')
      .values({ id: newId(), user_id: userId, device_id: deviceId, created_at: now, ...columns })
      .onConflict((conflict) =>
        conflict.constraint('devices_installation_key').doUpdateSet({
          ...columns,
          // a visit that shows none does not make the next one look like the first
          fingerprint: sql`coalesce(excluded.fingerprint, devices.fingerprint)`,
          fingerprint_changed_at: sql`case when ${changed} then ${now} else devices.fingerprint_changed_at end`,
        }),
      )
      // a row that this statement inserted has no older version
      .returning([
        sql<boolean>`xmax = 0`.as('is_new'),
        sql<boolean>`coalesce(fingerprint_changed_at = ${now}, false)`.as('changed'),
      ])
      .executeTakeFirstOrThrow();
    if (row.is_new) {
      const { platform } = facts;
      await writeEvents(tx, [toEvent(DeviceRegistered, { userId, deviceId, platform }, now)]);
    }
    return { isNew: row.is_new, fingerprintChanged: row.changed };
  }

  async find(userId: UserId, deviceId: DeviceId): Promise<Device | undefined> {
    const [row] = await DEVICE(this.tables(), userId, deviceId);
    return row && toDevice(row);
  }

  async list(userId: UserId, limit: number, after: DeviceId | undefined): Promise<Device[]> {
    const rows = await this.tables()
      .selectFrom('loopin.devices')
      .select(VIEW)
      .where('user_id', '=', userId)
      .$if(after !== undefined, (query) => query.where('device_id', '>', after ?? null))
      .orderBy('device_id')
      .limit(limit + 1)
      .execute();
    return rows.map(toDevice);
  }

  async lockTokens(tx: Transaction, userId: UserId, deviceId: DeviceId): Promise<DeviceTokens | undefined> {
    const row = await tx
      .tables<DeviceTables>()
      .selectFrom('loopin.devices')
      .select(TOKENS)
      .where('user_id', '=', userId)
      .where('device_id', '=', deviceId)
      .forUpdate()
      .executeTakeFirst();
    return row && toTokens(row);
  }

  async findTokens(userId: UserId, deviceId: DeviceId, tx?: Transaction): Promise<DeviceTokens | undefined> {
    const row = await (tx?.tables<DeviceTables>() ?? this.tables())
      .selectFrom('loopin.devices')
      .select(TOKENS)
      .where('user_id', '=', userId)
      .where('device_id', '=', deviceId)
      .executeTakeFirst();
    return row && toTokens(row);
  }

  async setToken(tx: Transaction, userId: UserId, deviceId: DeviceId, token: NewDeviceToken): Promise<void> {
    await tx
      .tables<DeviceTables>()
      .updateTable('loopin.devices')
      .set({
        token_hash: token.hash,
        token_app_version: token.appVersion,
        previous_token_hash: token.previous,
        previous_token_until: token.previousUntil,
      })
      .where('user_id', '=', userId)
      .where('device_id', '=', deviceId)
      .execute();
  }

  async setSigningKey(
    tx: Transaction,
    userId: UserId,
    deviceId: DeviceId,
    key: PublicJwk | null,
  ): Promise<boolean> {
    const { numUpdatedRows } = await tx
      .tables<DeviceTables>()
      .updateTable('loopin.devices')
      .set({ signing_key: key && JSON.stringify(key) })
      .where('user_id', '=', userId)
      .where('device_id', '=', deviceId)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async delete(tx: Transaction, userId: UserId, deviceId: DeviceId, now: Date): Promise<boolean> {
    const { numDeletedRows } = await tx
      .tables<DeviceTables>()
      .deleteFrom('loopin.devices')
      .where('user_id', '=', userId)
      .where('device_id', '=', deviceId)
      .executeTakeFirst();
    const existed = numDeletedRows > 0n;
    if (existed) await writeEvents(tx, [toEvent(DeviceRemoved, { userId, deviceId }, now)]);
    return existed;
  }

  private tables() {
    return this.database.tables<DeviceTables>();
  }
}

function toColumns(facts: DeviceFacts) {
  return {
    platform: facts.platform,
    app_version: facts.appVersion,
    os_version: facts.osVersion ?? null,
    model: facts.model ?? null,
    locale: facts.locale ?? null,
    timezone: facts.timezone ?? null,
    fingerprint: facts.fingerprint ?? null,
  };
}

function toDevice(row: Pick<Selectable<DeviceTable>, (typeof VIEW)[number]>): Device {
  return {
    deviceId: row.device_id,
    platform: row.platform,
    appVersion: row.app_version,
    osVersion: row.os_version,
    model: row.model,
    locale: row.locale,
    timezone: row.timezone,
    pushProvider: row.push_provider,
    fallbackProvider: row.fallback_provider,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
  };
}

function toTokens(row: Pick<Selectable<DeviceTable>, (typeof TOKENS)[number]>): DeviceTokens {
  return {
    appVersion: row.token_app_version,
    current: row.token_hash,
    previous: row.previous_token_hash,
    previousUntil: row.previous_token_until,
  };
}
