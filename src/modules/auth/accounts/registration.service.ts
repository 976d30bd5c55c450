import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { isUniqueViolation } from '../../../platform/database/database.errors';
import { Clock } from '../../../shared/clock';
import { newId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import { DevicesService, type SignInDevice } from '../../devices';
import { InvalidCode } from '../auth.errors';
import { NewPasswords } from '../passwords/new-passwords';
import { type OpenSession, SessionsService } from '../sessions/sessions.service';
import { AccountStore, type Registration, type User } from './account.store';
import { RegistrationOffers } from './registration-offers';
import { MAX_CODE_TRIES, VerificationCodes } from './verification-codes';

/** From an address that somebody claims to an account whose owner proved it. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly offers: RegistrationOffers,
    private readonly accounts: AccountStore,
    private readonly newPasswords: NewPasswords,
    private readonly codes: VerificationCodes,
    private readonly sessions: SessionsService,
    private readonly devices: DevicesService,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Does the same work and says the same whether or not the address has an account.
   * @throws ValidationFailed for a password that is not good enough
   */
  async register(email: string, password: string, displayName: string | undefined): Promise<void> {
    const owner = { email, displayName: displayName ?? null };
    // the same salt for one address: the same password offered again (a lost answer) has the same hash
    const salt = this.codes.saltFor(email);
    const passwordHash = await this.newPasswords.hash({ path: 'password', password, owner, salt });
    await this.offers.make({
      email,
      passwordHash,
      displayName: owner.displayName,
      roles: ['user'],
    });
  }

  /**
   * Proves the address: opens the account and its first session.
   * @param key that the session is bound to: see `SessionKey`
   * @throws InvalidCode when wrong, used up (5 tries), expired or unknown
   */
  async verify(
    email: string,
    code: string,
    device: SignInDevice,
    key: string | undefined,
  ): Promise<OpenSession & { user: User }> {
    const now = this.clock.now();
    const registration = await this.accounts.countTry(email, MAX_CODE_TRIES, now);
    if (registration === undefined || !this.codes.matches(code, email, registration.codeMac)) {
      throw new InvalidCode();
    }
    try {
      return await this.openAccount(registration, device, key);
    } catch (error) {
      // somebody else opened it in between
      throw isUniqueViolation(error, 'users_email_key') ? new InvalidCode() : error;
    }
  }

  private async openAccount(
    registration: Registration,
    { deviceId, ...facts }: SignInDevice,
    dpopJkt: string | undefined,
  ): Promise<OpenSession & { user: User }> {
    const now = this.clock.now();
    const passwordHash = registration.disputed ? null : registration.passwordHash;
    const user: User = {
      id: newId(),
      email: registration.email,
      displayName: registration.displayName,
      roles: registration.roles,
      rolesVersion: 0,
      mfaEnabled: false,
      passwordHash,
      passwordChangedAt: passwordHash === null ? null : now,
    };
    return this.database.transaction(async (tx) => {
      if (!(await this.accounts.takeRegistration(tx, registration.email))) throw new InvalidCode();
      await this.accounts.create(tx, user, now);
      await this.audit.record(tx, {
        actor: `user:${user.id}`,
        action: 'account.created',
        target: `user:${user.id}`,
        deviceId,
        details: { by: 'code', roles: user.roles.join(' ') },
      });
      await this.devices.signedIn(tx, user.id, deviceId, facts);
      const proof = { aal: 'aal1', amr: ['otp'], dpopJkt } as const;
      const opened = await this.sessions.open(tx, user.id, deviceId, proof);
      return { ...opened, user };
    });
  }
}
