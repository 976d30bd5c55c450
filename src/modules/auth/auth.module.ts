import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { AuditModule } from '../audit';
import { DevicesModule } from '../devices';
import { MailModule } from '../mail';
import { AccountStore } from './accounts/account.store';
import { AddressVerification } from './accounts/address-verification.service';
import { LeavingAccounts } from './accounts/leaving-accounts';
import { NewAccounts } from './accounts/new-accounts';
import { PgAccountStore } from './accounts/pg-account.store';
import { PgRoleStore } from './accounts/pg-role.store';
import { ProfileService } from './accounts/profile.service';
import { RegistrationService } from './accounts/registration.service';
import { RegistrationOffers } from './accounts/registration-offers';
import { RoleStore } from './accounts/role.store';
import { UserRoles } from './accounts/user-roles';
import { VerificationCodes } from './accounts/verification-codes';
import { ApiKeyStore } from './api-keys/api-key.store';
import { ApiKeysService } from './api-keys/api-keys.service';
import { PgApiKeyStore } from './api-keys/pg-api-key.store';
import { MfaModule } from './mfa/mfa.module';
import { TotpEnrolmentService } from './mfa/totp-enrolment.service';
import { IdentitiesModule } from './oidc/identities.module';
import { AccountPasswords } from './passwords/account-passwords';
import { PasswordChangeService } from './passwords/password-change.service';
import { PasswordNotices } from './passwords/password-notices';
import { PasswordProof } from './passwords/password-proof';
import { PasswordReplacement } from './passwords/password-replacement';
import { PasswordResetService } from './passwords/password-reset.service';
import { PasswordResetCodes } from './passwords/password-reset-codes';
import { PasswordResetRequests } from './passwords/password-reset-requests';
import { PasswordsModule } from './passwords/passwords.module';
import { PgRefreshTokenStore } from './sessions/pg-refresh-token.store';
import { PgSessionStore } from './sessions/pg-session.store';
import { PgSessionProofStore } from './sessions/pg-session-proof.store';
import { ProvedSignIn } from './sessions/proved-sign-in';
import { RefreshService } from './sessions/refresh.service';
import { RefreshTokenStore } from './sessions/refresh-token.store';
import { SessionStore } from './sessions/session.store';
import { SessionAlarms } from './sessions/session-alarms';
import { SessionLiveness } from './sessions/session-liveness';
import { SessionOpening } from './sessions/session-opening';
import { SessionProofStore } from './sessions/session-proof.store';
import { SessionProofs } from './sessions/session-proofs';
import { SessionsService } from './sessions/sessions.service';
import { SignInService } from './sessions/sign-in.service';
import { SigningKeyChanges } from './sessions/signing-key-changes';
import { StepUpService } from './sessions/step-up.service';
import { PgSigningKeyStore } from './signing-keys/pg-signing-key.store';
import { SigningKeyStore } from './signing-keys/signing-key.store';
import { SigningKeys } from './signing-keys/signing-keys';

/** Accounts, sessions and API keys: what operators' commands need too. */
@Module({
  imports: [
    AuditModule,
    DevicesModule,
    IdentitiesModule,
    MailModule,
    MfaModule,
    PasswordsModule,
    ConfigModule.forFeature(keysConfig),
  ],
  providers: [
    AccountPasswords,
    AddressVerification,
    ApiKeysService,
    LeavingAccounts,
    NewAccounts,
    PasswordChangeService,
    PasswordNotices,
    PasswordProof,
    PasswordReplacement,
    PasswordResetCodes,
    PasswordResetRequests,
    PasswordResetService,
    ProfileService,
    ProvedSignIn,
    RefreshService,
    RegistrationOffers,
    RegistrationService,
    SessionAlarms,
    SessionLiveness,
    SessionOpening,
    SessionProofs,
    SessionsService,
    SigningKeyChanges,
    SigningKeys,
    SignInService,
    StepUpService,
    TotpEnrolmentService,
    UserRoles,
    VerificationCodes,
    { provide: RefreshTokenStore, useClass: PgRefreshTokenStore },
    { provide: AccountStore, useClass: PgAccountStore },
    { provide: ApiKeyStore, useClass: PgApiKeyStore },
    { provide: RoleStore, useClass: PgRoleStore },
    { provide: SessionProofStore, useClass: PgSessionProofStore },
    { provide: SessionStore, useClass: PgSessionStore },
    { provide: SigningKeyStore, useClass: PgSigningKeyStore },
  ],
  exports: [
    AccountStore,
    AddressVerification,
    ApiKeysService,
    ApiKeyStore,
    LeavingAccounts,
    PasswordChangeService,
    PasswordResetRequests,
    PasswordResetService,
    ProfileService,
    ProvedSignIn,
    RefreshService,
    RegistrationOffers,
    RegistrationService,
    SessionLiveness,
    SessionsService,
    SigningKeys,
    SignInService,
    StepUpService,
    TotpEnrolmentService,
    UserRoles,
  ],
})
export class AuthModule {}
