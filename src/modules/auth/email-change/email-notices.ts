import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import {
  AccountExistsMail,
  EmailChangeCodeMail,
  EmailChangedMail,
  EmailChangeUndoneMail,
  MailService,
} from '../../mail';

/** Who is told of a change of address, and what is noted of it. */
@Injectable()
export class EmailNotices {
  constructor(
    private readonly mails: MailService,
    private readonly audit: AuditLog,
  ) {}

  /** @param code undefined where the address has an account: its owner is told that somebody tried */
  async requested(
    tx: Transaction,
    userId: UserId,
    newEmail: string,
    code: string | undefined,
  ): Promise<void> {
    if (code === undefined) await this.mails.send(tx, AccountExistsMail, newEmail, {});
    else await this.mails.send(tx, EmailChangeCodeMail, newEmail, { code });
    await this.record(tx, userId, 'email.change_requested');
  }

  async changed(tx: Transaction, userId: UserId, oldEmail: string, token: string): Promise<void> {
    await this.mails.send(tx, EmailChangedMail, oldEmail, { token });
    await this.record(tx, userId, 'email.changed');
  }

  async undone(tx: Transaction, userId: UserId, oldEmail: string): Promise<void> {
    await this.mails.send(tx, EmailChangeUndoneMail, oldEmail, {});
    await this.record(tx, userId, 'email.change_undone');
  }

  private async record(tx: Transaction, userId: UserId, action: string): Promise<void> {
    await this.audit.record(tx, { actor: `user:${userId}`, action, target: `user:${userId}` });
  }
}
