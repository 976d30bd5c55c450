import { Injectable } from '@nestjs/common';
import { ClientGate, type GatedRequest } from '../../platform/http/client-gate';
import type { EndpointOptions } from '../../platform/http/endpoint';
import { Clock } from '../../shared/clock';
import { UnderMaintenance, UpgradeRequired } from './app-config.errors';
import type { AppConfigVersion } from './app-config.store';
import { CurrentAppConfig } from './current-app-config';
import { GateRules } from './gate-rules';

const LONGEST_RETRY_SECONDS = 3_600;

/** Turns away versions of the app below the floor of their platform, and everybody but admins during maintenance. */
@Injectable()
export class AppConfigGate extends ClientGate {
  private rules: GateRules | undefined;

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
    if (this.rules?.version !== current.version) this.rules = new GateRules(current);
    const { maintenance, floors } = this.rules;
    if (maintenance !== undefined && open === undefined && !isAdmin(request))
      this.assertNoMaintenance(maintenance);
    if (floors.size > 0) assertVersion(floors, request);
  }

  private assertNoMaintenance(maintenance: NonNullable<GateRules['maintenance']>): void {
    const leftMs = maintenance.leftMs(this.clock.now().getTime());
    if (leftMs === 0) return;
    const retryAfterSeconds = Math.min(Math.ceil(leftMs / 1000), LONGEST_RETRY_SECONDS);
    throw new UnderMaintenance(maintenance.endsAt, retryAfterSeconds, maintenance.message);
  }
}

function assertVersion(floors: GateRules['floors'], { headers, principal }: GatedRequest): void {
  const { 'x-app-platform': platform, 'x-app-version': appVersion } = headers;
  const floor = floors.get(platform);
  if (floor === undefined || typeof appVersion !== 'string' || principal?.kind === 'api_key') return;
  if (floor.isAbove(appVersion)) throw new UpgradeRequired(floor.minimumVersion, floor.storeUrl);
}

const isAdmin = ({ principal }: GatedRequest): boolean =>
  principal?.kind === 'user' && principal.roles.includes('admin');
