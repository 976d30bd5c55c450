import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { webConfig } from '../../config/slices';

/** Readiness fails from the first moment of a stop; the server closes only after the balancer has noticed. */
@Injectable()
export class DrainDelay implements BeforeApplicationShutdown {
  constructor(@Inject(webConfig.KEY) private readonly config: ConfigType<typeof webConfig>) {}

  async beforeApplicationShutdown(): Promise<void> {
    await delay(this.config.drainDelayMs);
  }
}
