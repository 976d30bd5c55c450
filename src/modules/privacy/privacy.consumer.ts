import { Injectable } from '@nestjs/common';
import { JobHandlers } from '../jobs';
import { AccountErasure } from './erasure/account-erasure';
import { ExportMaking } from './export/export-making';
import { EraseAccount, EraseUnusedAccounts, ExportData, RemoveExport } from './privacy.jobs';
import { UnusedAccounts } from './unused/unused-accounts';

@Injectable()
export class PrivacyConsumer {
  constructor(jobs: JobHandlers, erasure: AccountErasure, exports: ExportMaking, unused: UnusedAccounts) {
    jobs.on(EraseAccount, ({ userId }, run) => erasure.erase(userId, run));
    jobs.on(EraseUnusedAccounts, () => unused.requestErasures());
    jobs.on(ExportData, ({ userId }, run) => exports.make(userId, run.jobId));
    jobs.on(RemoveExport, ({ userId, exportId }) => exports.remove(userId, exportId));
  }
}
