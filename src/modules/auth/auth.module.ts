import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { AuditModule } from '../audit';
import { DevicesModule } from '../devices';
import { MailModule } from '../mail';
import { AccountStore } from './account.store';
import { ApiKeyStore } from './api-key.store';
import { ApiKeysService } from './api-keys.service';
import { PasswordChangeService } from './passwords/password-change.service';
import { PasswordProof } from './passwords/password-proof';
import { PasswordReplacement } from './passwords/password-replacement';
import { PasswordResetService } from './passwords/password-reset.service';
import { PasswordsModule } from './passwords/passwords.module';
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
import { SessionLiveness } from './session-liveness';
import { SessionsService } from './sessions.service';
import { SignInService } from './sign-in.service';
import { SigningKeyStore } from './signing-key.store';
import { SigningKeys } from './signing-keys';
import { UserRoles } from './user-roles';
import { VerificationCodes } from './verification-codes';

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
