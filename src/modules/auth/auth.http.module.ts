import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { webConfig } from '../../config/slices';
import { Authenticator } from '../../platform/http/authenticator';
import { AdminUsersController } from './accounts/admin-users.controller';
import { MeController } from './accounts/me.controller';
import { RegistrationController } from './accounts/registration.controller';
import { ApiKeyCredentials } from './api-keys/api-key-credentials';
import { ApiKeyUsage } from './api-keys/api-key-usage';
import { ApiKeysController } from './api-keys/api-keys.controller';
import { AuthController } from './auth.controller';
import { AuthModule } from './auth.module';
import { EmailChangeHttpModule } from './email-change/email-change.http.module';
import { MfaController } from './mfa/mfa.controller';
import { OidcController } from './oidc/oidc.controller';
import { OidcModule } from './oidc/oidc.module';
import { PasswordController } from './passwords/password.controller';
import { ProofsModule } from './proofs/proofs.module';
import { AccessTokens } from './sessions/access-tokens';
import { CredentialAuthenticator } from './sessions/credential.authenticator';
import { DeviceSignatures } from './sessions/device-signatures';
import { SessionAnswers } from './sessions/session-answers';
import { SessionsController } from './sessions/sessions.controller';

@Module({
  imports: [AuthModule, OidcModule, ProofsModule, EmailChangeHttpModule, ConfigModule.forFeature(webConfig)],
  controllers: [
    AuthController,
    RegistrationController,
    OidcController,
    PasswordController,
    SessionsController,
    MeController,
    MfaController,
    ApiKeysController,
    AdminUsersController,
  ],
  providers: [
    AccessTokens,
    ApiKeyCredentials,
    ApiKeyUsage,
    DeviceSignatures,
    SessionAnswers,
    { provide: Authenticator, useClass: CredentialAuthenticator },
  ],
  exports: [Authenticator],
})
export class AuthHttpModule {}
