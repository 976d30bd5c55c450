import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { AuditEntries, AuditEntryStore, AuditModule, PgAuditEntryStore } from '../audit';
import { AccountStore, OidcWorkerModule, PgAccountStore } from '../auth';
import { JobsModule } from '../jobs';
import { MailModule } from '../mail';
import { SubjectKeysModule } from '../subject-keys';
import { DeletionStore } from './deletion/deletion.store';
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
    ErasureLedger,
    ErasureSteps,
    ExportMaking,
    ExportNotices,
    PersonalFile,
    PersonErasure,
    PrivacyConsumer,
    { provide: AccountStore, useClass: PgAccountStore },
    { provide: AuditEntryStore, useClass: PgAuditEntryStore },
    { provide: DeletionStore, useClass: PgDeletionStore },
    { provide: ErasureStore, useClass: PgErasureStore },
    { provide: ExportStore, useClass: PgExportStore },
  ],
})
export class PrivacyWorkerModule {}
