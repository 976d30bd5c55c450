import { Module } from '@nestjs/common';
import { AuditLog } from './audit-log';
import { AuditStore } from './audit.store';
import { PgAuditStore } from './pg-audit.store';

@Module({
  providers: [AuditLog, { provide: AuditStore, useClass: PgAuditStore }],
  exports: [AuditLog],
})
export class AuditModule {}
