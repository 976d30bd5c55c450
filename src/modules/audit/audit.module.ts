import { Module } from '@nestjs/common';
import { AuditStore } from './audit.store';
import { AuditLog } from './audit-log';
import { PgAuditStore } from './pg-audit.store';

@Module({
  providers: [AuditLog, { provide: AuditStore, useClass: PgAuditStore }],
  exports: [AuditLog],
})
export class AuditModule {}
