import { Module } from '@nestjs/common';
import { AuditModule } from '../audit';
import { AuthModule } from '../auth';
import { JobsModule } from '../jobs';
import { AccountDeletions } from './deletion/account-deletions';
import { DeletionStore } from './deletion/deletion.store';
import { DeletionScheduling } from './deletion/deletion-scheduling';
import { PgDeletionStore } from './deletion/pg-deletion.store';
import { DataExports } from './export/data-exports';
import { ExportStore } from './export/export.store';
import { PgExportStore } from './export/pg-export.store';
import { OwnJobs } from './own-jobs';
import { PrivacyController } from './privacy.controller';

@Module({
  imports: [AuditModule, AuthModule, JobsModule],
  controllers: [PrivacyController],
  providers: [
    AccountDeletions,
    DataExports,
    DeletionScheduling,
    OwnJobs,
    { provide: DeletionStore, useClass: PgDeletionStore },
    { provide: ExportStore, useClass: PgExportStore },
  ],
})
export class PrivacyHttpModule {}
