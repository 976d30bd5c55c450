import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { isUniqueViolation } from '../../../platform/database/database.errors';
import { Clock } from '../../../shared/clock';
import { sha256 } from '../../../shared/hash';
import { EmailTaken, EmailUndoInvalid } from '../auth.errors';
import { AccountRecovery } from './account-recovery';
import { EmailChangeStore } from './email-change.store';
import { EmailNotices } from './email-notices';

/** The way back for somebody whose account was taken over: the old address counts again. */
@Injectable()
export class EmailUndoService {
  constructor(
    private readonly changes: EmailChangeStore,
    private readonly recovery: AccountRecovery,
    private readonly notices: EmailNotices,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Whoever changed the address, and whoever knew the password, is out: see `AccountRecovery`.
   * @throws EmailUndoInvalid when the token was used, is older than 7 days or is not known
   * @throws EmailTaken when another account has the old address by now
   */
  async undo(token: string): Promise<void> {
    const now = this.clock.now();
    try {
      await this.database.transaction(async (tx) => {
        const undo = await this.changes.takeUndo(tx, sha256(token), now);
        if (undo === undefined) throw new EmailUndoInvalid();
        await this.recovery.giveBack(tx, undo, now);
        await this.notices.undone(tx, undo.userId, undo.oldEmail);
      });
    } catch (error) {
      throw isUniqueViolation(error, 'users_email_key') ? new EmailTaken() : error;
    }
  }
}
