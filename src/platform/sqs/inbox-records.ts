import { Injectable } from '@nestjs/common';
import type { Transaction } from '../database/transaction';
import type { OutboxTables } from './outbox.tables';

/** What the inbox knows of a message's tries. */
export interface TriedMessage {
  readonly done: boolean;
  readonly attempts: number;
  readonly failureCode: string | null;
  readonly lastError: string | null;
  readonly firstFailedAt: Date | null;
  readonly lastTriedAt: Date;
}

/** The inbox as dead letters need it: why a message failed, and forgetting that it did. */
@Injectable()
export class InboxRecords {
  async of(tx: Transaction, messageIds: readonly string[]): Promise<ReadonlyMap<string, TriedMessage>> {
    const rows = await tx
      .tables<OutboxTables>()
      .selectFrom('loopin.inbox')
      .select([
        'message_id',
        'state',
        'attempts',
        'failure_code as failureCode',
        'last_error as lastError',
        'first_failed_at as firstFailedAt',
        'updated_at as lastTriedAt',
      ])
      .where('message_id', '=', (eb) => eb.fn.any(eb.val([...messageIds])))
      .execute();
    return new Map(
      rows.map(({ message_id, state, ...tried }) => [message_id, { ...tried, done: state === 'done' }]),
    );
  }

  /** They may run again, as if for the first time. What is done stays done, and whoever is at one keeps it. */
  async forget(tx: Transaction, messageIds: readonly string[], now: Date): Promise<void> {
    await tx
      .tables<OutboxTables>()
      .deleteFrom('loopin.inbox')
      .where('message_id', '=', (eb) => eb.fn.any(eb.val([...messageIds])))
      .where('state', '=', 'running')
      .where('leased_until', '<=', now)
      .execute();
  }
}
