import { Injectable } from '@nestjs/common';
import { ClientGate, type GatedRequest } from '../../platform/http/client-gate';
import type { EndpointOptions } from '../../platform/http/endpoint';
import { Clock } from '../../shared/clock';
import { UnderMaintenance, UpgradeRequired } from './app-config.errors';
import { type AppConfig, GATED_PLATFORMS } from './app-config.schema';
import type { AppConfigVersion } from './app-config.store';
import { isBelow } from './app-version';
import { CurrentAppConfig } from './current-app-config';

const MAX_VERSIONS_KNOWN = 1_000;
const LONGEST_RETRY_SECONDS = 3_600;

/** Turns away versions of the app below the floor of their platform, and everybody but admins during maintenance. */
@Injectable()
export class AppConfigGate extends ClientGate {
  /** `platform version` → whether it is too old, under the config of `judgedBy`. */
  private readonly judged = new Map<string, boolean>();
  private judgedBy = -1;

  constructor(
    private readonly current: CurrentAppConfig,
    private readonly clock: Clock,
  ) {
    super();
  }

  assertServed(request: GatedRequest, open: EndpointOptions['open']): Promise<void> | undefined {
    if (open === 'always') return undefined;
    const current = this.current.get();
    if (current instanceof Promise) return current.then((known) => this.judge(known, request, open));
    this.judge(current, request, open);
    return undefined;
  }

  private judge(current: AppConfigVersion, request: GatedRequest, open: EndpointOptions['open']): void {
    const { maintenance } = current.config;
    if (maintenance !== null && open === undefined && !isAdmin(request))
      this.assertNoMaintenance(maintenance);
    this.assertVersion(current, request);
  }

  private assertNoMaintenance({ startsAt, endsAt, message }: NonNullable<AppConfig['maintenance']>): void {
    const now = this.clock.now().getTime();
    const leftMs = Date.parse(endsAt) - now;
    if (now < Date.parse(startsAt) || leftMs <= 0) return;
    const retryAfterSeconds = Math.min(Math.ceil(leftMs / 1000), LONGEST_RETRY_SECONDS);
    throw new UnderMaintenance(endsAt, retryAfterSeconds, message);
  }

  private assertVersion({ version, config }: AppConfigVersion, { headers, principal }: GatedRequest): void {
    const { 'x-app-platform': sent, 'x-app-version': appVersion } = headers;
    const platform = GATED_PLATFORMS.find((name) => name === sent);
    if (platform === undefined || typeof appVersion !== 'string' || principal?.kind === 'api_key') return;
    const policy = config.platforms[platform];
    if (policy?.minimumVersion === undefined) return;
    if (this.judgedBy !== version || this.judged.size > MAX_VERSIONS_KNOWN) this.judged.clear();
    this.judgedBy = version;
    const key = `${platform} ${appVersion}`;
    const tooOld = this.judged.get(key) ?? isBelow(appVersion, policy.minimumVersion);
    this.judged.set(key, tooOld);
    if (tooOld) throw new UpgradeRequired(policy.minimumVersion, policy.storeUrl);
  }
}

const isAdmin = ({ principal }: GatedRequest): boolean =>
  principal?.kind === 'user' && principal.roles.includes('admin');
