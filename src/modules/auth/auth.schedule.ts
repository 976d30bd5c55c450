import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { ApiKeyWarnings } from './api-keys/api-key-warnings';
import { SigningKeyRotation } from './signing-keys/signing-key-rotation.service';

/** Seven minutes past: on the hour everybody else's jobs run. */
const HOURLY = '7 * * * *';

/**
 * Looks once an hour, and when a worker starts, what the calendar asks of keys. Every worker does: the rows decide
 * which one takes a step, so each happens once.
 */
@Injectable()
export class AuthSchedule implements OnApplicationBootstrap {
  private readonly logger = new Logger(AuthSchedule.name);

  constructor(
    private readonly rotation: SigningKeyRotation,
    private readonly warnings: ApiKeyWarnings,
  ) {}

  onApplicationBootstrap(): void {
    void this.look();
  }

  /** Never fails: the next look does what this one could not. */
  @Cron(HOURLY)
  async look(): Promise<void> {
    try {
      const steps = await this.rotation.keepUp();
      for (const { step } of steps) this.logger.log({ reason: step }, 'a signing key took a step');
      await this.warnings.warn();
    } catch (err) {
      this.logger.warn({ err }, 'looking after keys failed; the next look tries again');
    }
  }
}
