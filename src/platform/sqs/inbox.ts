import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Clock, secondsAfter } from '../../shared/clock';
import { Database } from '../database/database';
import type { OutboxTables } from './outbox.tables';

export interface Claimed {
  /** The number of this attempt, 1 at first. */
  readonly attempt: number;
  /** No attempt before this one ended: their processes were killed. */
  readonly onlyKilled: boolean;
}

export interface InboxClaim {
  /** Ours to handle now. */
  readonly claimed: ReadonlyMap<string, Claimed>;
  /** Handled before: only to be acknowledged. */
  readonly done: ReadonlySet<string>;
}

export interface FailedMessage {
  readonly messageId: string;
  /** Words of ours: nothing of the payload. */
  readonly reason: string;
  /** Its kind; `failed` unless something more is known. */
  readonly code?: string;
}

const FAILED = 'failed';

/**
 * Each message is handled once, though a standard queue delivers at least once: a row a message says whether it is
 * done or who is at it. A holder that died loses its lease a little before its visibility timeout ends.
 */
@Injectable()
export class Inbox {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async claim(messageIds: readonly string[], leaseSeconds: number): Promise<InboxClaim> {
    const now = this.clock.now();
    const { rows } = await sql<{ message_id: string; attempts: number; only_killed: boolean }>`
      insert into loopin.inbox as i (message_id, state, attempts, leased_until, updated_at)
      select unnest(${messageIds}::uuid[]), 'running', 1, ${secondsAfter(now, leaseSeconds)}, ${now}
      on conflict (message_id) do update
        set attempts = i.attempts + 1,
            leased_until = excluded.leased_until,
            updated_at = excluded.updated_at
        where i.state = 'running' and i.leased_until <= ${now}
      returning message_id, attempts, attempts > 1 and last_error is null as only_killed`.execute(
      this.database.tables(),
    );
    const claimed = new Map(
      rows.map((row) => [row.message_id, { attempt: row.attempts, onlyKilled: row.only_killed }]),
    );
    const others = messageIds.filter((id) => !claimed.has(id));
    return { claimed, done: others.length === 0 ? new Set() : await this.doneAmong(others) };
  }

  async extend(messageIds: readonly string[], leaseSeconds: number): Promise<void> {
    await this.set(messageIds, { leased_until: secondsAfter(this.clock.now(), leaseSeconds) });
  }

  async complete(messageIds: readonly string[]): Promise<void> {
    await this.set(messageIds, { state: 'done' });
  }

  /** Gives leases back unused: whoever receives the messages next may claim them at once. */
  async release(messageIds: readonly string[]): Promise<void> {
    await this.set(messageIds, { leased_until: this.clock.now() });
  }

  /** Gives the lease back and keeps the reason, which the queue itself can't carry. */
  async fail(failures: readonly FailedMessage[]): Promise<void> {
    if (failures.length === 0) return;
    const now = this.clock.now();
    await sql`
      update loopin.inbox as i
      set last_error = f.reason,
          failure_code = f.code,
          first_failed_at = coalesce(i.first_failed_at, ${now}),
          leased_until = ${now},
          updated_at = ${now}
      from unnest(
        ${failures.map((failure) => failure.messageId)}::uuid[],
        ${failures.map((failure) => failure.reason)}::text[],
        ${failures.map((failure) => failure.code ?? FAILED)}::text[]
      ) as f(message_id, reason, code)
      where i.message_id = f.message_id`.execute(this.database.tables());
  }

  private async doneAmong(messageIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.database
      .tables<OutboxTables>()
      .selectFrom('loopin.inbox')
      .select('message_id')
      .where('message_id', '=', (eb) => eb.fn.any(eb.val([...messageIds])))
      .where('state', '=', 'done')
      .execute();
    return new Set(rows.map((row) => row.message_id));
  }

  private async set(
    messageIds: readonly string[],
    change: { state?: 'done'; leased_until?: Date },
  ): Promise<void> {
    if (messageIds.length === 0) return;
    await this.database
      .tables<OutboxTables>()
      .updateTable('loopin.inbox')
      .set({ ...change, updated_at: this.clock.now() })
      .where('message_id', '=', (eb) => eb.fn.any(eb.val([...messageIds])))
      .execute();
  }
}
