import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database';
import type { Transaction } from '../../platform/database/transaction';
import { Clock, DAY, secondsAfter } from '../../shared/clock';
import type { DeviceId } from '../../shared/ids';
import { AuditLog } from '../audit';
import { RunningVersionStore } from '../devices';
import { FloorUnmet } from './app-config.errors';
import { type AppConfig, GATED_PLATFORMS, type GatedPlatform } from './app-config.schema';
import { AppConfigStore, type AppConfigVersion } from './app-config.store';
import { isAtLeast } from './app-version';
import { isOn } from './flags';

const ACTIVE_DAYS = 30;

export interface Change {
  readonly config: AppConfig;
  /** Why a floor may be raised that nobody meets. */
  readonly overrideReason?: string | undefined;
}

/** Looks at what is there now, and throws when the change was not made for that. */
type MayReplace = (current: AppConfigVersion) => void;

/** Versions, flags and maintenance, as one document that is replaced as a whole. */
@Injectable()
export class AppConfigService {
  constructor(
    private readonly store: AppConfigStore,
    private readonly running: RunningVersionStore,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async newest(): Promise<AppConfigVersion> {
    return this.store.newest();
  }

  /**
   * Makes the next version.
   * @throws FloorUnmet when a minimum is raised that no active device meets, without a reason
   */
  async replace(
    actor: string,
    { config, overrideReason }: Change,
    mayReplace: MayReplace,
  ): Promise<AppConfigVersion> {
    // looked up before the transaction: nobody waits for it
    const unmet = await this.unmetFloors(config);
    return this.database.transaction(async (tx) => {
      const current = await this.store.lock(tx);
      mayReplace(current);
      const raised = unmet.filter(
        (platform) => floorOf(config, platform) !== floorOf(current.config, platform),
      );
      const [platform] = raised;
      if (platform !== undefined && overrideReason === undefined)
        throw new FloorUnmet(platform, floorOf(config, platform) ?? '');
      const next = { version: current.version + 1, config, changedAt: this.clock.now() };
      return this.add(tx, actor, next, raised.length > 0 ? (overrideReason ?? null) : null);
    });
  }

  /**
   * Announces maintenance from now on, or takes it back; the rest stays as it is.
   * @param announced `lastingMs` in milliseconds
   */
  async maintain(
    actor: string,
    announced: { lastingMs: number; message?: string | undefined } | null,
  ): Promise<AppConfigVersion> {
    return this.database.transaction(async (tx) => {
      const { version, config } = await this.store.lock(tx);
      const changedAt = this.clock.now();
      const maintenance = announced && {
        startsAt: changedAt.toISOString(),
        endsAt: new Date(changedAt.getTime() + announced.lastingMs).toISOString(),
        ...(announced.message !== undefined && { message: announced.message }),
      };
      return this.add(
        tx,
        actor,
        { version: version + 1, config: { ...config, maintenance }, changedAt },
        null,
      );
    });
  }

  private async add(
    tx: Transaction,
    actor: string,
    next: AppConfigVersion,
    overrideReason: string | null,
  ): Promise<AppConfigVersion> {
    await this.store.add(tx, next, actor);
    const details = { version: next.version, overrideReason };
    await this.audit.record(tx, { actor, action: 'app_config.changed', target: 'app_config', details });
    return next;
  }

  private async unmetFloors(config: AppConfig): Promise<readonly GatedPlatform[]> {
    const seenAfter = secondsAfter(this.clock.now(), -ACTIVE_DAYS * DAY);
    const unmet: GatedPlatform[] = [];
    for (const platform of GATED_PLATFORMS) {
      const floor = floorOf(config, platform);
      if (floor === undefined) continue;
      const versions = await this.running.versions(platform, seenAfter);
      if (!versions.some((version) => isAtLeast(version, floor))) unmet.push(platform);
    }
    return unmet;
  }
}

/** What one installation is told. */
export function viewFor({ config }: AppConfigVersion, deviceId: DeviceId | undefined) {
  const { platforms, flags, maintenance } = config;
  const names = Object.keys(flags).sort();
  const states = names.flatMap((name) => {
    const flag = flags[name];
    return flag === undefined ? [] : [[name, isOn(name, flag, deviceId)] as const];
  });
  return { platforms, flags: Object.fromEntries(states), maintenance };
}

const floorOf = (config: AppConfig, platform: GatedPlatform): string | undefined =>
  config.platforms[platform]?.minimumVersion;
