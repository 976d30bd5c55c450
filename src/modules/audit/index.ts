export { AuditModule } from './audit.module';
export { AuditLog } from './audit-log';
