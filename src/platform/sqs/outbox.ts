import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Clock, secondsAfter } from '../../shared/clock';
import { newId } from '../../shared/ids';
import { type Envelope, type MessageType, type QueueName, traceFields } from '../../shared/message';
import { currentContext } from '../../shared/request-context';
import { Database } from '../database/database';
import type { Transaction } from '../database/transaction';
import type { OutgoingMessage } from './event-queue';
import { FastPath } from './fast-path';
import type { OutboxTables } from './outbox.tables';

/** Chosen so that the fast path has either published or failed before the relay looks at a row. */
const FAST_PATH_GRACE_SECONDS = 2;

/** The row of a message, for a statement that writes it beside its own. */
export interface OutboxDraft {
  readonly id: string;
  readonly queue: QueueName;
  readonly body: string;
  readonly groupId: string | undefined;
  readonly createdAt: Date;
  readonly claimableAt: Date;
}

/**
 * Messages that exist exactly when the transaction that wrote them does. After the commit they are published at
 * once; what that misses (the queue or this process is down) the relay publishes later.
 */
@Injectable()
export class Outbox {
  constructor(
    private readonly clock: Clock,
    private readonly fastPath: FastPath,
    private readonly database: Database,
  ) {}

  async add<Payload>(
    tx: Transaction,
    message: MessageType<Payload>,
    payload: Payload,
    options: { groupId?: string } = {},
  ): Promise<void> {
    await this.addAll(tx, message, [payload], options);
  }

  /**
   * One row a payload, in one statement.
   * @param options.ids of the messages, one a payload; one that was sent before is sent again as it was
   */
  async addAll<Payload>(
    tx: Transaction,
    message: MessageType<Payload>,
    payloads: readonly Payload[],
    options: { groupId?: string; ids?: readonly string[] } = {},
  ): Promise<void> {
    if (payloads.length === 0) return;
    const now = this.clock.now();
    const claimableAt = secondsAfter(now, FAST_PATH_GRACE_SECONDS);
    const messages = payloads.map((payload, index) => {
      const envelope = this.envelope(message, payload, now, options.ids?.[index]);
      return { id: envelope.id, body: JSON.stringify(envelope), groupId: options.groupId, claimableAt };
    });
    // arrays, so that the statement is the same however many rows there are
    await sql`
      insert into loopin.outbox (id, queue, body, group_id, created_at, claimable_at)
      select m.id, ${message.queue}, m.body, ${options.groupId ?? null}, ${now}, ${claimableAt}
      from unnest(
        ${messages.map(({ id }) => id)}::uuid[],
        ${messages.map(({ body }) => body)}::text[]
      ) as m(id, body)
      on conflict (id) do update
        set claimable_at = excluded.claimable_at,
            published_at = null`.execute(tx.tables());
    tx.afterCommit(() => {
      for (const one of messages) this.fastPath.publishSoon(message.queue, one);
    });
  }

  /**
   * A message whose row is written by somebody else's statement, together with what it speaks of: for paths where a
   * transaction of its own is too dear. Once that is committed, `publishSoon`.
   */
  draft<Payload>(message: MessageType<Payload>, payload: Payload, id: string, groupId?: string): OutboxDraft {
    const createdAt = this.clock.now();
    return {
      id,
      queue: message.queue,
      body: JSON.stringify(this.envelope(message, payload, createdAt, id)),
      groupId,
      createdAt,
      claimableAt: secondsAfter(createdAt, FAST_PATH_GRACE_SECONDS),
    };
  }

  /** Nobody waits for it; what it misses the relay publishes. */
  publishSoon({ queue, id, body, groupId, claimableAt }: OutboxDraft): void {
    this.fastPath.publishSoon(queue, { id, body, groupId, claimableAt });
  }

  /** Messages that were sent before, as they were: the relay publishes them. */
  async resend(
    tx: Transaction,
    messages: readonly (OutgoingMessage & { queue: QueueName })[],
  ): Promise<void> {
    if (messages.length === 0) return;
    const now = this.clock.now();
    await sql`
      insert into loopin.outbox (id, queue, body, group_id, created_at, claimable_at)
      select m.id, m.queue, m.body, m.group_id, ${now}, ${now}
      from unnest(
        ${messages.map(({ id }) => id)}::uuid[],
        ${messages.map(({ queue }) => queue)}::text[],
        ${messages.map(({ body }) => body)}::text[],
        ${messages.map(({ groupId }) => groupId ?? null)}::text[]
      ) as m(id, queue, body, group_id)
      on conflict (id) do update
        set created_at = excluded.created_at,
            claimable_at = excluded.claimable_at,
            published_at = null`.execute(tx.tables());
  }

  /** Puts received messages back, to be published by the relay so many seconds from now under their own ids. */
  async sendAgain(
    queue: QueueName,
    messages: readonly {
      readonly envelope: Envelope;
      readonly seconds: number;
      readonly groupId?: string | undefined;
    }[],
  ): Promise<void> {
    if (messages.length === 0) return;
    const now = this.clock.now();
    const rows = messages.map(({ envelope, seconds, groupId }) => ({
      id: envelope.id,
      queue,
      body: JSON.stringify(envelope),
      group_id: groupId ?? null,
      created_at: now,
      claimable_at: secondsAfter(now, seconds),
    }));
    await this.database
      .tables<OutboxTables>()
      .insertInto('loopin.outbox')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet((eb) => ({ claimable_at: eb.ref('excluded.claimable_at'), published_at: null })),
      )
      .execute();
  }

  private envelope<Payload>(
    message: MessageType<Payload>,
    payload: Payload,
    now: Date,
    id: string = newId(),
  ): Envelope {
    const context = currentContext();
    return {
      id,
      type: message.type,
      version: message.version,
      correlationId: context?.correlationId ?? crypto.randomUUID(),
      ...traceFields(context?.trace),
      occurredAt: now.toISOString(),
      payload: message.payload.parse(payload),
    };
  }
}
