import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../platform/database/transaction';
import { Clock } from '../../shared/clock';
import { currentContext } from '../../shared/request-context';
import { type AuditEvent, AuditStore } from './audit.store';

/** Notes what was done, in the transaction that does it. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly store: AuditStore,
    private readonly clock: Clock,
  ) {}

  async record(tx: Transaction, event: AuditEvent): Promise<void> {
    await this.store.add(tx, event, currentContext()?.correlationId, this.clock.now());
  }
}
