import { DomainError } from '../../shared/domain-error';
import type { GatedPlatform } from './app-config.schema';

export class UpgradeRequired extends DomainError {
  readonly kind = 'upgrade_required';
  readonly code = 'upgrade_required';
  readonly title = 'This version of the app is too old';

  constructor(minimumVersion: string, storeUrl: string) {
    super({ members: { minimumVersion, storeUrl } });
  }
}

export class UnderMaintenance extends DomainError {
  readonly kind = 'unavailable';
  readonly code = 'maintenance';
  readonly title = 'We are at work on it and back soon';

  constructor(endsAt: string, retryAfterSeconds: number, message: string | undefined) {
    super({ members: { endsAt }, retryAfterSeconds, ...(message !== undefined && { detail: message }) });
  }
}

export class FloorUnmet extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'floor_unmet';
  readonly title = 'No active device runs this version yet';

  constructor(platform: GatedPlatform, minimumVersion: string) {
    super({
      detail:
        `No ${platform} device that was seen in the last 30 days runs ${minimumVersion} or newer: everybody there would be ` +
        'shut out. Release it first, or send override with a reason',
      members: { platform, minimumVersion },
    });
  }
}
