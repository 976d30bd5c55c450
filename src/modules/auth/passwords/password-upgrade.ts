import { Injectable, Logger } from '@nestjs/common';
import { tellFailure } from '../../../platform/sentry/tell-failure';
import type { User } from '../accounts/account.store';
import { isWeakerThanToday } from './argon2.parameters';
import { PasswordStore } from './password.store';
import { PasswordHasher } from './password-hasher';

/** Brings a hash up to today's parameters at the only moment the password is known: when it was just proved. */
@Injectable()
export class PasswordUpgrade {
  private readonly logger = new Logger(PasswordUpgrade.name);

  constructor(
    private readonly hasher: PasswordHasher,
    private readonly passwords: PasswordStore,
  ) {}

  /** Never throws: the next sign-in tries again. */
  async perform({ id, passwordHash }: User, password: string): Promise<void> {
    if (passwordHash === null || !isWeakerThanToday(passwordHash)) return;
    try {
      await this.passwords.rehash(id, passwordHash, await this.hasher.hash(password));
    } catch (err) {
      tellFailure(this.logger, err, 'a password keeps its weaker hash for now');
    }
  }
}
