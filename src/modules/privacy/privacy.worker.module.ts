import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { AuditEntries, AuditEntryStore, AuditModule, PgAuditEntryStore } from '../audit';
import { AccountStore, OidcWorkerModule, PgAccountStore } from '../auth';
import { JobsModule } from '../jobs';
import { MailModule } from '../mail';
import { SubjectKeysModule } from '../subject-keys';
import { DeletionStore } from './deletion/deletion.store';
import { DeletionScheduling } from './deletion/deletion-scheduling';
import { PgDeletionStore } from './deletion/pg-deletion.store';
import { AccountErasure } from './erasure/account-erasure';
import { ErasureStore } from './erasure/erasure.store';
import { ErasureLedger } from './erasure/erasure-ledger';
import { ErasureSteps } from './erasure/erasure-steps';
import { PersonErasure } from './erasure/person-erasure';
import { PgErasureStore } from './erasure/pg-erasure.store';
import { ExportStore } from './export/export.store';
import { ExportMaking } from './export/export-making';
import { ExportNotices } from './export/export-notices';
import { PersonalFile } from './export/personal-file';
import { PgExportStore } from './export/pg-export.store';
import { PrivacyConsumer } from './privacy.consumer';
import { PgUnusedAccountStore } from './unused/pg-unused-account.store';
import { UnusedAccountStore } from './unused/unused-account.store';
import { UnusedAccounts } from './unused/unused-accounts';
import { UnusedNotices } from './unused/unused-notices';

@Module({
  imports: [
    AuditModule,
    JobsModule,
    MailModule,
    OidcWorkerModule,
    SubjectKeysModule,
    ConfigModule.forFeature(keysConfig),
  ],
  providers: [
    AccountErasure,
    AuditEntries,
    DeletionScheduling,
    ErasureLedger,
    ErasureSteps,
    ExportMaking,
    ExportNotices,
    PersonalFile,
    PersonErasure,
    PrivacyConsumer,
    UnusedAccounts,
    UnusedNotices,
    { provide: AccountStore, useClass: PgAccountStore },
    { provide: AuditEntryStore, useClass: PgAuditEntryStore },
    { provide: DeletionStore, useClass: PgDeletionStore },
    { provide: ErasureStore, useClass: PgErasureStore },
    { provide: ExportStore, useClass: PgExportStore },
    { provide: UnusedAccountStore, useClass: PgUnusedAccountStore },
  ],
})
export class PrivacyWorkerModule {}
