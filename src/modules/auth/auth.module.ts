import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig, webConfig } from '../../config/slices';
import { Authenticator } from '../../platform/http/authenticator';
import { AuditModule } from '../audit';
import { DevicesModule } from '../devices';
import { MailModule } from '../mail';
import { AccessTokens } from './access-tokens';
import { AccountStore } from './account.store';
import { AdminUsersController } from './admin-users.controller';
import { ApiKeyStore } from './api-key.store';
import { ApiKeyCredentials } from './api-key-credentials';
import { ApiKeyUsage } from './api-key-usage';
import { ApiKeyWarnings } from './api-key-warnings';
import { ApiKeysController } from './api-keys.controller';
import { ApiKeysService } from './api-keys.service';
import { AuthController } from './auth.controller';
import { AuthSchedule } from './auth.schedule';
import { CredentialAuthenticator } from './credential.authenticator';
import { MeController } from './me.controller';
import { PasswordHasher } from './password-hasher';
import { PgAccountStore } from './pg-account.store';
import { PgApiKeyStore } from './pg-api-key.store';
import { PgRefreshTokenStore } from './pg-refresh-token.store';
import { PgRoleStore } from './pg-role.store';
import { PgSessionStore } from './pg-session.store';
import { PgSigningKeyStore } from './pg-signing-key.store';
import { RefreshService } from './refresh.service';
import { RefreshTokenStore } from './refresh-token.store';
import { RegistrationService } from './registration.service';
import { RegistrationOffers } from './registration-offers';
import { RoleStore } from './role.store';
import { SessionStore } from './session.store';
import { SessionAlarms } from './session-alarms';
import { SessionAnswers } from './session-answers';
import { SessionLiveness } from './session-liveness';
import { SessionsController } from './sessions.controller';
import { SessionsService } from './sessions.service';
import { SignInService } from './sign-in.service';
import { SigningKeyStore } from './signing-key.store';
import { SigningKeyRotation } from './signing-key-rotation.service';
import { SigningKeySteps } from './signing-key-steps';
import { SigningKeys } from './signing-keys';
import { UserRoles } from './user-roles';
import { VerificationCodes } from './verification-codes';

/** Accounts, sessions and API keys: what operators' commands need too. */
@Module({
  imports: [AuditModule, DevicesModule, MailModule, ConfigModule.forFeature(keysConfig)],
  providers: [
    ApiKeysService,
    PasswordHasher,
    RefreshService,
    RegistrationOffers,
    RegistrationService,
    SessionAlarms,
    SessionLiveness,
    SessionsService,
    SigningKeys,
    SignInService,
    UserRoles,
    VerificationCodes,
    { provide: RefreshTokenStore, useClass: PgRefreshTokenStore },
    { provide: AccountStore, useClass: PgAccountStore },
    { provide: ApiKeyStore, useClass: PgApiKeyStore },
    { provide: RoleStore, useClass: PgRoleStore },
    { provide: SessionStore, useClass: PgSessionStore },
    { provide: SigningKeyStore, useClass: PgSigningKeyStore },
  ],
  exports: [
    AccountStore,
    ApiKeysService,
    ApiKeyStore,
    RefreshService,
    RegistrationOffers,
    RegistrationService,
    SessionLiveness,
    SessionsService,
    SigningKeys,
    SignInService,
    UserRoles,
  ],
})
export class AuthModule {}

@Module({
  imports: [AuthModule, ConfigModule.forFeature(webConfig)],
  controllers: [AuthController, SessionsController, MeController, ApiKeysController, AdminUsersController],
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
