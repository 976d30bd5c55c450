import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../platform/database/transaction';
import { Clock } from '../../shared/clock';
import { newId, type UserId } from '../../shared/ids';
import { currentContext } from '../../shared/request-context';
import { addressPrefix } from './address-prefix';
import { type AuditEvent, AuditStore } from './audit.store';

const USER = /^user:(.+)$/;

/** Notes what was done, in the transaction that does it. Sealing comes later: see `AuditSealer`. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly store: AuditStore,
    private readonly clock: Clock,
  ) {}

  async record(tx: Transaction, event: AuditEvent): Promise<void> {
    await this.recordAll(tx, [event]);
  }

  /** In this order, by one round trip. */
  async recordAll(tx: Transaction, events: readonly AuditEvent[]): Promise<void> {
    if (events.length === 0) return;
    const context = currentContext();
    const origin = context?.origin?.();
    const ipPrefix = origin && addressPrefix(origin.address);
    const occurredAt = this.clock.now();
    await this.store.add(
      tx,
      events.map((event) => ({
        ...event,
        id: newId(),
        occurredAt,
        correlationId: context?.correlationId,
        subject: subjectOf(event),
        personal: { ipPrefix, deviceId: event.deviceId ?? origin?.deviceId },
      })),
    );
  }
}

/** Whose address and device they are: whoever acts, else whoever is acted on. */
function subjectOf({ actor, target }: AuditEvent): UserId | undefined {
  return (USER.exec(actor)?.[1] ?? USER.exec(target)?.[1]) as UserId | undefined;
}
