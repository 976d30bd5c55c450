import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import { AccountUnusedMail, MailService } from '../../mail';

/** Who learns of it: the owner, who may want to keep the account, and the audit. */
@Injectable()
export class UnusedNotices {
  constructor(
    private readonly mails: MailService,
    private readonly audit: AuditLog,
  ) {}

  async scheduled(tx: Transaction, userId: UserId, email: string): Promise<void> {
    await this.mails.send(tx, AccountUnusedMail, email, {});
    await this.audit.record(tx, {
      actor: 'system',
      action: 'account.deletion_requested',
      target: `user:${userId}`,
      details: { unused: true },
    });
  }
}
