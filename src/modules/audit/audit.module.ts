import { Module } from '@nestjs/common';
import { SubjectKeysModule } from '../subject-keys';
import { AuditStore } from './audit.store';
import { AuditLog } from './audit-log';
import { PgAuditStore } from './pg-audit.store';

@Module({
  imports: [SubjectKeysModule],
  providers: [AuditLog, { provide: AuditStore, useClass: PgAuditStore }],
  exports: [AuditLog],
})
export class AuditModule {}
