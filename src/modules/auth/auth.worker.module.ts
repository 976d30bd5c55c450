import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { AuditModule } from '../audit';
import { ApiKeyStore } from './api-key.store';
import { ApiKeyWarnings } from './api-key-warnings';
import { AuthSchedule } from './auth.schedule';
import { PgApiKeyStore } from './pg-api-key.store';
import { PgSigningKeyStore } from './pg-signing-key.store';
import { SigningKeyStore } from './signing-key.store';
import { SigningKeyRotation } from './signing-key-rotation.service';
import { SigningKeySteps } from './signing-key-steps';

/** What the calendar asks of keys. */
@Module({
  imports: [AuditModule, ConfigModule.forFeature(keysConfig)],
  providers: [
    ApiKeyWarnings,
    AuthSchedule,
    SigningKeyRotation,
    SigningKeySteps,
    { provide: ApiKeyStore, useClass: PgApiKeyStore },
    { provide: SigningKeyStore, useClass: PgSigningKeyStore },
  ],
})
export class AuthWorkerModule {}
