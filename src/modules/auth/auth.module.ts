import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { AuditModule } from '../audit';
import { DevicesModule } from '../devices';
import { MailModule } from '../mail';
import { AccountStore } from './accounts/account.store';
import { PgAccountStore } from './accounts/pg-account.store';
import { PgRoleStore } from './accounts/pg-role.store';
import { RegistrationService } from './accounts/registration.service';
import { RegistrationOffers } from './accounts/registration-offers';
import { RoleStore } from './accounts/role.store';
import { UserRoles } from './accounts/user-roles';
import { VerificationCodes } from './accounts/verification-codes';
import { ApiKeyStore } from './api-keys/api-key.store';
import { ApiKeysService } from './api-keys/api-keys.service';
import { PgApiKeyStore } from './api-keys/pg-api-key.store';
import { PasswordChangeService } from './passwords/password-change.service';
import { PasswordProof } from './passwords/password-proof';
import { PasswordReplacement } from './passwords/password-replacement';
import { PasswordResetService } from './passwords/password-reset.service';
import { PasswordsModule } from './passwords/passwords.module';
import { PgRefreshTokenStore } from './sessions/pg-refresh-token.store';
import { PgSessionStore } from './sessions/pg-session.store';
import { RefreshService } from './sessions/refresh.service';
import { RefreshTokenStore } from './sessions/refresh-token.store';
import { SessionStore } from './sessions/session.store';
import { SessionAlarms } from './sessions/session-alarms';
import { SessionLiveness } from './sessions/session-liveness';
import { SessionsService } from './sessions/sessions.service';
import { SignInService } from './sessions/sign-in.service';
import { SigningKeyChanges } from './sessions/signing-key-changes';
import { PgSigningKeyStore } from './signing-keys/pg-signing-key.store';
import { SigningKeyStore } from './signing-keys/signing-key.store';
import { SigningKeys } from './signing-keys/signing-keys';

/** Accounts, sessions and API keys: what operators' commands need too. */
@Module({
  imports: [AuditModule, DevicesModule, MailModule, PasswordsModule, ConfigModule.forFeature(keysConfig)],
  providers: [
    ApiKeysService,
    PasswordChangeService,
    PasswordProof,
    PasswordReplacement,
    PasswordResetService,
    RefreshService,
    RegistrationOffers,
    RegistrationService,
    SessionAlarms,
    SessionLiveness,
    SessionsService,
    SigningKeyChanges,
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
    PasswordChangeService,
    PasswordResetService,
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
