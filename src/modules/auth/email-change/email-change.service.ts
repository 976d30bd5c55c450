import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { isUniqueViolation } from '../../../platform/database/database.errors';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock, DAY, secondsAfter } from '../../../shared/clock';
import { Unauthenticated, ValidationFailed } from '../../../shared/domain-error';
import { randomToken, sha256 } from '../../../shared/hash';
import type { UserId } from '../../../shared/ids';
import { AccountStore, type User } from '../accounts/account.store';
import { MAX_CODE_TRIES, VerificationCodes } from '../accounts/verification-codes';
import { EmailTaken, InvalidCode } from '../auth.errors';
import { type EmailChange, EmailChangeStore } from './email-change.store';
import { EmailNotices } from './email-notices';

const PURPOSE = 'email-change';
const UNDO_SECONDS = 7 * DAY;

/** Another address for an account: proved by a code before it counts, and taken back by who owns the old one. */
@Injectable()
export class EmailChangeService {
  constructor(
    private readonly changes: EmailChangeStore,
    private readonly accounts: AccountStore,
    private readonly codes: VerificationCodes,
    private readonly notices: EmailNotices,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * One code and one mail either way: that an address has an account is told in its own mailbox only.
   * @throws ValidationFailed when it is the address already
   */
  async request(userId: UserId, newEmail: string): Promise<void> {
    const user = await this.ownerOf(userId);
    if (user.email === newEmail)
      throw new ValidationFailed([{ path: 'newEmail', message: 'is the address of the account already' }]);
    const { code, mac, expiresAt } = this.codes.create(newEmail, PURPOSE);
    await this.database.transaction(async (tx) => {
      const taken = await this.accounts.existsWithEmail(tx, newEmail);
      await this.changes.put(tx, { userId, newEmail, codeMac: mac, expiresAt });
      await this.notices.requested(tx, userId, newEmail, taken ? undefined : code);
    });
  }

  /**
   * @throws InvalidCode when wrong, used up (5 tries), expired or unknown
   * @throws EmailTaken when an account got the address in between
   */
  async confirm(userId: UserId, code: string): Promise<void> {
    const change = await this.changes.countTry(userId, MAX_CODE_TRIES, this.clock.now());
    if (change === undefined || !this.codes.matches(code, change.newEmail, change.codeMac, PURPOSE))
      throw new InvalidCode();
    const { email: oldEmail } = await this.ownerOf(userId);
    try {
      await this.database.transaction((tx) => this.apply(tx, change, oldEmail));
    } catch (error) {
      throw isUniqueViolation(error, 'users_email_key') ? new EmailTaken() : error;
    }
  }

  private async apply(tx: Transaction, change: EmailChange, oldEmail: string): Promise<void> {
    const { userId, newEmail } = change;
    const now = this.clock.now();
    if (!(await this.changes.take(tx, change))) throw new InvalidCode();
    // whoever registered the address did not prove it
    await this.accounts.takeRegistration(tx, newEmail);
    await this.accounts.setEmail(tx, userId, newEmail);
    const token = randomToken();
    const undo = { userId, oldEmail, changedAt: now };
    await this.changes.addUndo(tx, sha256(token), undo, secondsAfter(now, UNDO_SECONDS));
    await this.notices.changed(tx, userId, oldEmail, token);
  }

  private async ownerOf(userId: UserId): Promise<User> {
    const user = await this.accounts.findById(userId);
    if (user === undefined) throw new Unauthenticated();
    return user;
  }
}
