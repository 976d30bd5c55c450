import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import type { JobId, UserId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import { AccountStore } from '../../auth';
import { Jobs } from '../../jobs';
import { DataExportMail, MailService } from '../../mail';
import { RemoveExport } from '../privacy.jobs';

/** What follows from a file that is ready: its owner is told, and it is taken away in time. */
@Injectable()
export class ExportNotices {
  constructor(
    private readonly accounts: AccountStore,
    private readonly mails: MailService,
    private readonly jobs: Jobs,
    private readonly audit: AuditLog,
  ) {}

  async ready(
    tx: Transaction,
    file: { userId: UserId; id: JobId; bytes: number; url: string; expiresAt: Date },
  ): Promise<void> {
    const { userId, id, bytes, url, expiresAt } = file;
    const email = await this.accounts.emailOf(tx, userId);
    if (email !== undefined) await this.mails.send(tx, DataExportMail, email, { url });
    await this.jobs.enqueue(tx, RemoveExport, { userId, exportId: id }, { runAt: expiresAt });
    const [actor, target] = ['system', `user:${userId}`];
    await this.audit.record(tx, { actor, action: 'export.ready', target, details: { bytes } });
  }
}
