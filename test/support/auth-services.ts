import { AuditLog } from '../../src/modules/audit/audit-log';
import { PgAuditStore } from '../../src/modules/audit/pg-audit.store';
import { AddressVerification } from '../../src/modules/auth/accounts/address-verification.service';
import { NewAccounts } from '../../src/modules/auth/accounts/new-accounts';
import { PgAccountStore } from '../../src/modules/auth/accounts/pg-account.store';
import { RegistrationService } from '../../src/modules/auth/accounts/registration.service';
import { RegistrationOffers } from '../../src/modules/auth/accounts/registration-offers';
import { VerificationCodes } from '../../src/modules/auth/accounts/verification-codes';
import { AccountPasswords } from '../../src/modules/auth/passwords/account-passwords';
import { LeakedPasswords } from '../../src/modules/auth/passwords/leaked-passwords';
import { NewPasswords } from '../../src/modules/auth/passwords/new-passwords';
import { PasswordChangeService } from '../../src/modules/auth/passwords/password-change.service';
import { PasswordExpiry } from '../../src/modules/auth/passwords/password-expiry';
import type { PasswordHasher } from '../../src/modules/auth/passwords/password-hasher';
import { PasswordNotices } from '../../src/modules/auth/passwords/password-notices';
import { PasswordProof } from '../../src/modules/auth/passwords/password-proof';
import { PasswordReplacement } from '../../src/modules/auth/passwords/password-replacement';
import { PasswordResetService } from '../../src/modules/auth/passwords/password-reset.service';
import { PasswordResetCodes } from '../../src/modules/auth/passwords/password-reset-codes';
import { PasswordResetRequests } from '../../src/modules/auth/passwords/password-reset-requests';
import { PgPasswordStore } from '../../src/modules/auth/passwords/pg-password.store';
import { PgPasswordChangeTokenStore } from '../../src/modules/auth/passwords/pg-password-change-token.store';
import { PgPasswordResetStore } from '../../src/modules/auth/passwords/pg-password-reset.store';
import { PgSignInLockStore } from '../../src/modules/auth/passwords/pg-sign-in-lock.store';
import { SignInLock } from '../../src/modules/auth/passwords/sign-in-lock';
import { PgRefreshTokenStore } from '../../src/modules/auth/sessions/pg-refresh-token.store';
import { PgSessionStore } from '../../src/modules/auth/sessions/pg-session.store';
import { RefreshService } from '../../src/modules/auth/sessions/refresh.service';
import { SessionAlarms } from '../../src/modules/auth/sessions/session-alarms';
import { SessionLiveness } from '../../src/modules/auth/sessions/session-liveness';
import { SessionOpening } from '../../src/modules/auth/sessions/session-opening';
import { SessionsService } from '../../src/modules/auth/sessions/sessions.service';
import { DevicesService } from '../../src/modules/devices/devices.service';
import { PgDeviceStore } from '../../src/modules/devices/pg-device.store';
import { PgPushBindingStore } from '../../src/modules/devices/pg-push-binding.store';
import { PushBindings } from '../../src/modules/devices/push-bindings';
import { MailService } from '../../src/modules/mail/mail.service';
import { PgMailStore } from '../../src/modules/mail/pg-mail.store';
import type { Database } from '../../src/platform/database/database';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { Outbox } from '../../src/platform/sqs/outbox';
import type { Clock } from '../../src/shared/clock';
import { decodeKeyring } from '../../src/shared/keyring';
import { MemoryCache } from './memory-cache';
import type { Services } from './services';

class NoLeaks extends LeakedPasswords {
  async includes(): Promise<boolean> {
    return false;
  }
}

/** Accounts and sessions on real Postgres, without HTTP: what is under test gets its own clock and hasher. */
export function authServices(services: Services, database: Database, clock: Clock, hasher: PasswordHasher) {
  const base = foundation(services, database, clock);
  const { accounts, audit, devices, codes, mails, keys } = base;
  const sessionStore = new PgSessionStore(database);
  const refreshTokens = new PgRefreshTokenStore();
  const liveness = new SessionLiveness(new MemoryCache(), sessionStore, clock);
  const alarms = new SessionAlarms(sessionStore, liveness, accounts, mails, audit, clock);
  const sessions = new SessionsService(
    sessionStore,
    refreshTokens,
    liveness,
    audit,
    database,
    clock,
    devices,
  );
  const newPasswords = new NewPasswords(new NoLeaks(), hasher);
  const lock = new SignInLock(new PgSignInLockStore(database), clock, keys, audit, database);
  const changeTokens = new PgPasswordChangeTokenStore(database);
  const replacement = new PasswordReplacement(
    new AccountPasswords(newPasswords, new PgPasswordStore(database), changeTokens, clock),
    sessions,
    new PasswordNotices(mails, audit),
    database,
  );
  const expiry = new PasswordExpiry(changeTokens, clock);
  const proof = new PasswordProof(accounts, devices, lock, hasher);
  const resetCodes = new PasswordResetCodes(new PgPasswordResetStore(database), codes, clock);
  const offers = new RegistrationOffers(accounts, codes, mails, database, clock);
  return {
    ...base,
    sessions,
    opening: new SessionOpening(accounts, sessions, alarms, devices, database),
    refreshes: new RefreshService(refreshTokens, alarms, devices, database, clock),
    proof,
    expiry,
    changes: new PasswordChangeService(accounts, proof, expiry, changeTokens, replacement),
    registration: new RegistrationService(offers, newPasswords, codes),
    verification: new AddressVerification(
      accounts,
      codes,
      new NewAccounts(accounts, devices, sessions, audit, clock),
      database,
      clock,
    ),
    resetCodes,
    resetRequests: new PasswordResetRequests(accounts, resetCodes, mails, database),
    resets: new PasswordResetService(accounts, resetCodes, replacement, lock),
  };
}

/** What the services above stand on. */
function foundation(services: Services, database: Database, clock: Clock) {
  const keyring = decodeKeyring(services.env('DATA_KEYS'));
  const keys = { data: keyring, keyEncryption: keyring };
  const audit = new AuditLog(new PgAuditStore(), clock);
  const outbox = new Outbox(clock, new RelayOnly(), database);
  const bindings = new PushBindings(new PgPushBindingStore(), audit, { fcm: true });
  return {
    keys,
    audit,
    accounts: new PgAccountStore(database),
    codes: new VerificationCodes(clock, keys),
    devices: new DevicesService(new PgDeviceStore(database), bindings, audit, database, clock),
    mails: new MailService(new PgMailStore(database), outbox, clock, keys),
  };
}
