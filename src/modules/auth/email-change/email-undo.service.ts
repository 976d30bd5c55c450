import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { isUniqueViolation } from '../../../platform/database/database.errors';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock } from '../../../shared/clock';
import { sha256 } from '../../../shared/hash';
import { EmailTaken, EmailUndoInvalid } from '../auth.errors';
import { SecondFactorStore } from '../mfa/second-factor.store';
import { PasswordStore } from '../passwords/password.store';
import { SessionsService } from '../sessions/sessions.service';
import { EmailChangeStore, type EmailUndo } from './email-change.store';
import { EmailNotices } from './email-notices';

/**
 * The way back for somebody whose account was taken over: the old address counts again, and every way in that whoever
 * changed it may have made or known is closed.
 */
@Injectable()
export class EmailUndoService {
  constructor(
    private readonly changes: EmailChangeStore,
    private readonly passwords: PasswordStore,
    private readonly factors: SecondFactorStore,
    private readonly sessions: SessionsService,
    private readonly notices: EmailNotices,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Every session ends, the password is gone (the next one is set by a code to the old address), and so are identities and
   * a second factor that were added since the change.
   * @throws EmailUndoInvalid when the token was used, is older than 7 days or is not known
   * @throws EmailTaken when another account has the old address by now
   */
  async undo(token: string): Promise<void> {
    try {
      await this.database.transaction(async (tx) => {
        const undo = await this.changes.takeUndo(tx, sha256(token), this.clock.now());
        if (undo === undefined) throw new EmailUndoInvalid();
        await this.restore(tx, undo);
      });
    } catch (error) {
      throw isUniqueViolation(error, 'users_email_key') ? new EmailTaken() : error;
    }
  }

  private async restore(tx: Transaction, { userId, oldEmail, changedAt }: EmailUndo): Promise<void> {
    await this.changes.setEmail(tx, userId, oldEmail);
    await this.passwords.remove(tx, userId, this.clock.now());
    await this.changes.unlinkSince(tx, userId, changedAt);
    const factor = await this.factors.lock(tx, userId);
    const addedSince = factor?.confirmedAt != null && factor.confirmedAt >= changedAt;
    if (addedSince) await this.factors.remove(tx, userId);
    await this.sessions.addressTakenBack(tx, userId);
    await this.notices.undone(tx, userId, oldEmail);
  }
}
