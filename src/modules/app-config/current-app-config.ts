import { Injectable, Logger } from '@nestjs/common';
import { tellFailure } from '../../platform/sentry/tell-failure';
import { AppConfigStore, type AppConfigVersion } from './app-config.store';

/** How long a change may take to reach another process, in milliseconds. */
const FRESH_MS = 5_000;
/** An older one is good for nothing but an outage of the database. */
const STALE_MS = 30_000;

/** The newest app config, in memory: looked up again in the background while requests come in. */
@Injectable()
export class CurrentAppConfig {
  private readonly logger = new Logger(CurrentAppConfig.name);
  private known: AppConfigVersion | undefined;
  private lookedUpAt = 0;
  private lookingUp: Promise<void> | undefined;

  constructor(private readonly store: AppConfigStore) {}

  /** @returns a promise only after half a minute without requests, or at the very first one */
  get(): AppConfigVersion | Promise<AppConfigVersion> {
    // the age of a copy, not a business time: moving the clock does not make it older
    const ageMs = performance.now() - this.lookedUpAt;
    if (this.known === undefined || ageMs > STALE_MS) return this.afterLookingUp();
    if (ageMs > FRESH_MS) void this.lookUp();
    return this.known;
  }

  /** What this process has just written counts here at once. */
  set(version: AppConfigVersion): void {
    this.known = version;
    this.lookedUpAt = performance.now();
  }

  private async afterLookingUp(): Promise<AppConfigVersion> {
    await this.lookUp();
    return this.known ?? (await this.store.newest());
  }

  private async lookUp(): Promise<void> {
    this.lookingUp ??= this.replace().finally(() => {
      this.lookingUp = undefined;
    });
    await this.lookingUp;
  }

  /** What is known stays good while the database is away. */
  private async replace(): Promise<void> {
    try {
      const newest = await this.store.newest();
      if (this.known === undefined || newest.version >= this.known.version) this.set(newest);
    } catch (err) {
      this.lookedUpAt = performance.now() - FRESH_MS;
      tellFailure(this.logger, err, 'the app config could not be looked up');
    }
  }
}
