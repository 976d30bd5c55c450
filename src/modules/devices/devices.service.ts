import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database';
import type { Transaction } from '../../platform/database/transaction';
import { Clock, DAY, secondsAfter } from '../../shared/clock';
import { NotFound } from '../../shared/domain-error';
import { equalsInConstantTime, randomToken, sha256 } from '../../shared/hash';
import type { DeviceId, UserId } from '../../shared/ids';
import { type Page, type PageQuery, toPage } from '../../shared/page';
import { AuditLog } from '../audit';
import { type Device, DeviceStore, type DeviceTokens } from './device.store';
import { DeviceTokenInvalid } from './devices.errors';
import type { DeviceFacts, Push } from './devices.schema';
import { PushBindings } from './push-bindings';
import { STALE_AFTER_DAYS } from './silent-device.store';

/** How long a rotated device token stays good: an answer may have been lost. */
const TOKEN_OVERLAP_SECONDS = DAY;

export interface DeviceRegistration {
  readonly device: Device;
  readonly created: boolean;
  /** Given once, when it is new. */
  readonly deviceToken?: string;
}

type DeletionFollower = (tx: Transaction, userId: UserId, deviceId: DeviceId) => Promise<void>;

/** A user's own installations, their push targets and device tokens. */
@Injectable()
export class DevicesService {
  private readonly deletionFollowers: DeletionFollower[] = [];

  constructor(
    private readonly store: DeviceStore,
    private readonly bindings: PushBindings,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Lets a module that devices don't know act in the transaction that deletes one. */
  beforeDelete(follower: DeletionFollower): void {
    this.deletionFollowers.push(follower);
  }

  /** Whether the user signed in on this device before. */
  async knows(userId: UserId, deviceId: DeviceId): Promise<boolean> {
    return (await this.store.find(userId, deviceId)) !== undefined;
  }

  /** Signing in registers the device. @returns whether it is new to this user */
  async signedIn(tx: Transaction, userId: UserId, deviceId: DeviceId, facts: DeviceFacts): Promise<boolean> {
    return this.seen(tx, userId, deviceId, facts);
  }

  /**
   * Brings the device up to date, binds or ends its push, and gives it a device token where it has none, presents
   * none or the one before (an answer may have been lost), or runs another version of the app.
   * @throws NotFound when it was deleted meanwhile: only a sign-in makes a device
   * @throws DeviceTokenInvalid when a token is presented that is not this device's
   * @throws ValidationFailed for a target of a provider that is off
   */
  async register(
    userId: UserId,
    deviceId: DeviceId,
    facts: DeviceFacts,
    push: Push | null | undefined,
    presentedToken: string | undefined,
  ): Promise<DeviceRegistration> {
    const token = await this.database.transaction(async (tx) => {
      if (push) await this.bindings.lock(tx, push);
      const tokens = await this.store.lockTokens(tx, userId, deviceId);
      if (tokens === undefined) throw new NotFound();
      const match = matchToken(tokens, presentedToken, this.clock.now());
      if (match === 'wrong') throw new DeviceTokenInvalid();
      await this.seen(tx, userId, deviceId, facts);
      await this.bindings.bind(tx, { userId, deviceId }, facts, push, this.clock.now());
      const created = tokens.current === null;
      if (match === 'current' && tokens.appVersion === facts.appVersion) return { created };
      const rotation = { match, appVersion: facts.appVersion };
      return { created, deviceToken: await this.issueToken(tx, userId, deviceId, rotation, tokens) };
    });
    return { device: await this.get(userId, deviceId), ...token };
  }

  /**
   * Checks a token where one is presented: a phone that never got its token must still be able to ask for one.
   * @param tx where the caller is in a transaction
   * @throws DeviceTokenInvalid when it is not this device's
   */
  async verifyToken(
    userId: UserId,
    deviceId: DeviceId,
    presented: string | undefined,
    tx?: Transaction,
  ): Promise<void> {
    if (presented === undefined) return;
    const tokens = await this.store.findTokens(userId, deviceId, tx);
    if (tokens && matchToken(tokens, presented, this.clock.now()) === 'wrong') throw new DeviceTokenInvalid();
  }

  /** @throws NotFound also for another user's device */
  async get(userId: UserId, deviceId: DeviceId): Promise<Device> {
    const device = await this.store.find(userId, deviceId);
    if (device === undefined) throw new NotFound();
    return device;
  }

  /** Whether nothing was heard of it for so long that it may be out of use. */
  isStale({ lastSeenAt }: Device): boolean {
    return lastSeenAt <= secondsAfter(this.clock.now(), -STALE_AFTER_DAYS * DAY);
  }

  async list(userId: UserId, page: PageQuery): Promise<Page<Device>> {
    const rows = await this.store.list(userId, page.limit, page.cursor as DeviceId | undefined);
    return toPage(rows, page.limit, (device) => device.deviceId);
  }

  /** Its sessions end with it. @throws NotFound also for another user's device */
  async delete(userId: UserId, deviceId: DeviceId): Promise<void> {
    const existed = await this.database.transaction(async (tx) => {
      for (const follower of this.deletionFollowers) await follower(tx, userId, deviceId);
      return this.store.delete(tx, userId, deviceId, this.clock.now());
    });
    if (!existed) throw new NotFound();
  }

  /** @returns whether it is new to this user */
  private async seen(
    tx: Transaction,
    userId: UserId,
    deviceId: DeviceId,
    facts: DeviceFacts,
  ): Promise<boolean> {
    const { isNew, fingerprintChanged } = await this.store.seen(
      tx,
      userId,
      deviceId,
      facts,
      this.clock.now(),
    );
    if (fingerprintChanged) {
      const event = {
        actor: `user:${userId}`,
        action: 'device.fingerprint_changed',
        target: `user:${userId}`,
      };
      await this.audit.record(tx, { ...event, deviceId });
    }
    return isNew;
  }

  /** A token that replaces one whose answer was lost does not lengthen the life of the one before it. */
  private async issueToken(
    tx: Transaction,
    userId: UserId,
    deviceId: DeviceId,
    { match, appVersion }: { match: TokenMatch; appVersion: string },
    tokens: DeviceTokens,
  ): Promise<string> {
    const now = this.clock.now();
    const { current } = tokens;
    const { previous, previousUntil } =
      previousInForce(tokens, now) !== null && match !== 'current'
        ? tokens
        : { previous: current, previousUntil: current && secondsAfter(now, TOKEN_OVERLAP_SECONDS) };
    const token = randomToken();
    await this.store.setToken(tx, userId, deviceId, {
      hash: sha256(token),
      appVersion,
      previous,
      previousUntil,
    });
    return token;
  }
}

type TokenMatch = 'current' | 'previous' | 'absent' | 'wrong';

function matchToken(tokens: DeviceTokens, presented: string | undefined, now: Date): TokenMatch {
  if (presented === undefined || tokens.current === null) return 'absent';
  const hash = sha256(presented);
  if (equalsInConstantTime(hash, tokens.current)) return 'current';
  const previous = previousInForce(tokens, now);
  return previous !== null && equalsInConstantTime(hash, previous) ? 'previous' : 'wrong';
}

/** The hash of the token before, as long as it is still good beside the current one. */
const previousInForce = ({ previous, previousUntil }: DeviceTokens, now: Date): Buffer | null =>
  previousUntil !== null && previousUntil > now ? previous : null;
