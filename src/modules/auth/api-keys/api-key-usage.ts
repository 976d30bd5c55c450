import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Shutdown } from '../../../platform/lifecycle/shutdown';
import { tellFailure } from '../../../platform/sentry/tell-failure';
import type { ApiKeyId } from '../../../shared/ids';
import { ApiKeyStore } from './api-key.store';

const WRITE_EVERY_MS = 60_000;

/** When each API key was used last: remembered by the request, written for all keys together once a minute. */
@Injectable()
export class ApiKeyUsage implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ApiKeyUsage.name);
  private uses = new Map<ApiKeyId, Date>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: ApiKeyStore,
    shutdown: Shutdown,
  ) {
    shutdown.onFlush(() => this.write());
  }

  note(id: ApiKeyId, now: Date): void {
    this.uses.set(id, now);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.write(), WRITE_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Never fails: what can't be written now is written with the next ones. */
  async write(): Promise<void> {
    const { uses } = this;
    if (uses.size === 0) return;
    this.uses = new Map();
    try {
      await this.store.markUsed(uses);
    } catch (err) {
      this.uses = new Map([...uses, ...this.uses]);
      tellFailure(this.logger, err, 'noting the use of API keys failed; the next turn tries again');
    }
  }
}
