import { Module } from '@nestjs/common';
import { AuditMonthStore } from './months/audit-month.store';
import { AuditMonths } from './months/audit-months';
import { AuditMonthsConsumer } from './months/audit-months.consumer';
import { PgAuditMonthStore } from './months/pg-audit-month.store';
import { AuditSealer } from './seals/audit-sealer';
import { AuditSealing } from './seals/audit-sealing.schedule';
import { PgSealStore } from './seals/pg-seal.store';
import { SealStore } from './seals/seal.store';
import { SealCopies } from './seals/seal-copies';

@Module({
  providers: [
    AuditSealer,
    AuditSealing,
    SealCopies,
    AuditMonths,
    AuditMonthsConsumer,
    { provide: SealStore, useClass: PgSealStore },
    { provide: AuditMonthStore, useClass: PgAuditMonthStore },
  ],
})
export class AuditWorkerModule {}
