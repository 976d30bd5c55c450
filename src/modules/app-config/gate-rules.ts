import { LRUCache } from 'lru-cache';
import { type AppConfig, GATED_PLATFORMS } from './app-config.schema';
import type { AppConfigVersion } from './app-config.store';
import { isBelow } from './app-version';

/** Anybody may make versions up: the bound is on what that costs us. */
const MAX_VERSIONS_KNOWN = 1_000;

/** What of one version of the app config every request is held against, read once. */
export class GateRules {
  readonly version: number;
  /** By platform, for what a client may have sent as one. */
  readonly floors: ReadonlyMap<unknown, Floor>;
  readonly maintenance: Maintenance | undefined;

  constructor({ version, config: { platforms, maintenance } }: AppConfigVersion) {
    this.version = version;
    const floors = GATED_PLATFORMS.map((platform) => {
      const { minimumVersion, storeUrl = '' } = platforms[platform] ?? {};
      return minimumVersion === undefined ? [] : [[platform, new Floor(minimumVersion, storeUrl)] as const];
    });
    this.floors = new Map(floors.flat());
    this.maintenance = maintenance === null ? undefined : new Maintenance(maintenance);
  }
}

/** The oldest version of a platform that is served. */
class Floor {
  private readonly judged = new LRUCache<string, boolean>({ max: MAX_VERSIONS_KNOWN });

  constructor(
    readonly minimumVersion: string,
    readonly storeUrl: string,
  ) {}

  isAbove(appVersion: string): boolean {
    const known = this.judged.get(appVersion);
    if (known !== undefined) return known;
    const tooOld = isBelow(appVersion, this.minimumVersion);
    this.judged.set(appVersion, tooOld);
    return tooOld;
  }
}

class Maintenance {
  readonly endsAt: string;
  readonly message: string | undefined;
  private readonly fromMs: number;
  private readonly untilMs: number;

  constructor({ startsAt, endsAt, message }: NonNullable<AppConfig['maintenance']>) {
    this.endsAt = endsAt;
    this.message = message;
    this.fromMs = Date.parse(startsAt);
    this.untilMs = Date.parse(endsAt);
  }

  /** How long it goes on, in milliseconds; 0 while there is none. */
  leftMs(nowMs: number): number {
    return nowMs < this.fromMs ? 0 : Math.max(0, this.untilMs - nowMs);
  }
}
