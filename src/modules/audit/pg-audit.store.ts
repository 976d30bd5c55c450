import { Injectable } from '@nestjs/common';
import type { ColumnType } from 'kysely';
import type { Transaction } from '../../platform/database/transaction';
import { newId } from '../../shared/ids';
import { type AuditEvent, AuditStore } from './audit.store';

interface AuditTables {
  'loopin.audit_events': {
    id: string;
    occurred_at: Date;
    actor: string;
    action: string;
    target: string;
    device_id: string | null;
    correlation_id: string | null;
    details: ColumnType<AuditEvent['details'], string, never>;
  };
}

@Injectable()
export class PgAuditStore extends AuditStore {
  async add(tx: Transaction, event: AuditEvent, correlationId: string | undefined, now: Date): Promise<void> {
    await tx
      .tables<AuditTables>()
      .insertInto('loopin.audit_events')
      .values({
        id: newId(),
        occurred_at: now,
        actor: event.actor,
        action: event.action,
        target: event.target,
        device_id: event.deviceId ?? null,
        correlation_id: correlationId ?? null,
        details: JSON.stringify(event.details ?? {}),
      })
      .execute();
  }
}
