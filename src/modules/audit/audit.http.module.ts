import { Module } from '@nestjs/common';
import { SubjectKeysModule } from '../subject-keys';
import { AuditController } from './entries/audit.controller';
import { AuditEntries } from './entries/audit-entries.service';
import { AuditEntryStore } from './entries/audit-entry.store';
import { PgAuditEntryStore } from './entries/pg-audit-entry.store';

@Module({
  imports: [SubjectKeysModule],
  controllers: [AuditController],
  providers: [AuditEntries, { provide: AuditEntryStore, useClass: PgAuditEntryStore }],
})
export class AuditHttpModule {}
