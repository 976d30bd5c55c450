import { Injectable } from '@nestjs/common';
import { NewPasswords } from '../passwords/new-passwords';
import { RegistrationOffers } from './registration-offers';
import { VerificationCodes } from './verification-codes';

/** Somebody asks for an account at an address. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly offers: RegistrationOffers,
    private readonly newPasswords: NewPasswords,
    private readonly codes: VerificationCodes,
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
    await this.offers.make({ ...owner, passwordHash, roles: ['user'] });
  }
}
