import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { AuditModule } from '../audit';
import { ApiKeyStore } from './api-keys/api-key.store';
import { ApiKeyWarnings } from './api-keys/api-key-warnings';
import { PgApiKeyStore } from './api-keys/pg-api-key.store';
import { AuthConsumer } from './auth.consumer';
import { OidcWorkerModule } from './oidc/oidc.worker.module';
import { PgSigningKeyStore } from './signing-keys/pg-signing-key.store';
import { SigningKeyStore } from './signing-keys/signing-key.store';
import { SigningKeyRotation } from './signing-keys/signing-key-rotation.service';
import { SigningKeySteps } from './signing-keys/signing-key-steps';

/** What the calendar asks of keys. */
@Module({
  imports: [AuditModule, OidcWorkerModule, ConfigModule.forFeature(keysConfig)],
  providers: [
    ApiKeyWarnings,
    AuthConsumer,
    SigningKeyRotation,
    SigningKeySteps,
    { provide: ApiKeyStore, useClass: PgApiKeyStore },
    { provide: SigningKeyStore, useClass: PgSigningKeyStore },
  ],
})
export class AuthWorkerModule {}
