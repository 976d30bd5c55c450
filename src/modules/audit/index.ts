export { AuditModule } from './audit.module';
export { AuditLog } from './audit-log';
export { PgAuditStore } from './pg-audit.store';
