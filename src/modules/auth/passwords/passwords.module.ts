import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { hibpConfig, keysConfig } from '../../../config/slices';
import { AuditModule } from '../../audit';
import { HibpLeakedPasswords } from './hibp.leaked-passwords';
import { LeakedPasswords } from './leaked-passwords';
import { NewPasswords } from './new-passwords';
import { PasswordStore } from './password.store';
import { PasswordChangeTokenStore } from './password-change-token.store';
import { PasswordExpiry } from './password-expiry';
import { PasswordHasher } from './password-hasher';
import { PasswordResetStore } from './password-reset.store';
import { PasswordUpgrade } from './password-upgrade';
import { PgPasswordStore } from './pg-password.store';
import { PgPasswordChangeTokenStore } from './pg-password-change-token.store';
import { PgPasswordResetStore } from './pg-password-reset.store';
import { PgSignInLockStore } from './pg-sign-in-lock.store';
import { SignInLock } from './sign-in-lock';
import { SignInLockStore } from './sign-in-lock.store';

/** Which passwords are taken, how they are kept, and how often one may guess. */
@Module({
  imports: [AuditModule, ConfigModule.forFeature(hibpConfig), ConfigModule.forFeature(keysConfig)],
  providers: [
    NewPasswords,
    PasswordExpiry,
    PasswordHasher,
    PasswordUpgrade,
    SignInLock,
    { provide: LeakedPasswords, useClass: HibpLeakedPasswords },
    { provide: PasswordStore, useClass: PgPasswordStore },
    { provide: PasswordChangeTokenStore, useClass: PgPasswordChangeTokenStore },
    { provide: PasswordResetStore, useClass: PgPasswordResetStore },
    { provide: SignInLockStore, useClass: PgSignInLockStore },
  ],
  exports: [
    NewPasswords,
    PasswordChangeTokenStore,
    PasswordExpiry,
    PasswordHasher,
    PasswordResetStore,
    PasswordStore,
    PasswordUpgrade,
    SignInLock,
  ],
})
export class PasswordsModule {}
