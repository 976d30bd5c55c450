import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { webConfig } from '../../config/slices';
import { Authenticator } from '../../platform/http/authenticator';
import { AccessTokens } from './access-tokens';
import { AdminUsersController } from './admin-users.controller';
import { ApiKeyCredentials } from './api-key-credentials';
import { ApiKeyUsage } from './api-key-usage';
import { ApiKeysController } from './api-keys.controller';
import { AuthController } from './auth.controller';
import { AuthModule } from './auth.module';
import { CredentialAuthenticator } from './credential.authenticator';
import { MeController } from './me.controller';
import { PasswordController } from './passwords/password.controller';
import { SessionAnswers } from './session-answers';
import { SessionsController } from './sessions.controller';

@Module({
  imports: [AuthModule, ConfigModule.forFeature(webConfig)],
  controllers: [
    AuthController,
    PasswordController,
    SessionsController,
    MeController,
    ApiKeysController,
    AdminUsersController,
  ],
  providers: [
    AccessTokens,
    ApiKeyCredentials,
    ApiKeyUsage,
    SessionAnswers,
    { provide: Authenticator, useClass: CredentialAuthenticator },
  ],
  exports: [Authenticator],
})
export class AuthHttpModule {}
