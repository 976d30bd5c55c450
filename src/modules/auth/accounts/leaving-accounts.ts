import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import { DeletionCancelledMail, DeletionScheduledMail, MailService } from '../../mail';
import { LastAdmin } from '../auth.errors';
import type { OwnSession } from '../sessions/session.store';
import { SessionsService } from '../sessions/sessions.service';
import { AccountStore } from './account.store';
import { RoleStore } from './role.store';

/** What an account does when its owner wants to leave, or to stay after all. */
@Injectable()
export class LeavingAccounts {
  constructor(
    private readonly accounts: AccountStore,
    private readonly roles: RoleStore,
    private readonly sessions: SessionsService,
    private readonly mails: MailService,
    private readonly audit: AuditLog,
  ) {}

  /** Stays as it is until the transaction ends. @returns its address */
  async hold(tx: Transaction, id: UserId): Promise<string | undefined> {
    // first all administrators, as whoever changes roles does
    await this.roles.lockAdmins(tx);
    return (await this.accounts.holdStill(tx, id))?.email;
  }

  /**
   * Ends all sessions but this one and tells the owner.
   * @throws LastAdmin when nobody would be left to administrate
   */
  async leave(tx: Transaction, session: OwnSession, email: string): Promise<void> {
    const admins = await this.roles.lockAdmins(tx);
    if (admins.length === 1 && admins[0] === session.userId) throw new LastAdmin();
    await this.sessions.accountDeletionAsked(tx, session);
    await this.mails.send(tx, DeletionScheduledMail, email, {});
    await this.note(tx, session.userId, 'account.deletion_requested');
  }

  async stay(tx: Transaction, userId: UserId, email: string): Promise<void> {
    await this.mails.send(tx, DeletionCancelledMail, email, {});
    await this.note(tx, userId, 'account.deletion_cancelled');
  }

  private async note(tx: Transaction, userId: UserId, action: string): Promise<void> {
    const actor = `user:${userId}`;
    await this.audit.record(tx, { actor, action, target: actor });
  }
}
