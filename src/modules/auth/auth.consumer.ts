import { Injectable, Logger } from '@nestjs/common';
import { JobHandlers } from '../jobs';
import { ApiKeyWarnings } from './api-keys/api-key-warnings';
import { RotateSigningKeys, WarnOfApiKeys } from './auth.jobs';
import { SigningKeyRotation } from './signing-keys/signing-key-rotation.service';

@Injectable()
export class AuthConsumer {
  private readonly logger = new Logger(AuthConsumer.name);

  constructor(
    jobs: JobHandlers,
    private readonly rotation: SigningKeyRotation,
    warnings: ApiKeyWarnings,
  ) {
    jobs.on(RotateSigningKeys, () => this.rotate());
    jobs.on(WarnOfApiKeys, () => warnings.warn());
  }

  private async rotate(): Promise<void> {
    const steps = await this.rotation.keepUp();
    for (const { step } of steps) this.logger.log({ reason: step }, 'a signing key took a step');
  }
}
