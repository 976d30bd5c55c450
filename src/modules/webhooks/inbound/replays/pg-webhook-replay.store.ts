import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import { Database } from '../../../../platform/database/database';
import type { Transaction } from '../../../../platform/database/transaction';
import type { WebhookEventId, WebhookReplayId } from '../../../../shared/ids';
import { eventConditions } from '../events/event-conditions';
import { EventFilter } from '../events/webhook-events.schema';
import type { WebhookEventTables } from '../webhook-event.tables';
import {
  type NewReplay,
  type Replay,
  type ReplayableEvent,
  type ReplayedEvent,
  type ReplayRange,
  WebhookReplayStore,
} from './webhook-replay.store';

interface ReplayTables extends WebhookEventTables {
  'loopin.webhook_replays': {
    id: WebhookReplayId;
    source: string | null;
    type: string | null;
    state: string | null;
    since: Date;
    until: Date;
    counted: number;
    requested_by: string;
    requested_at: Date;
  };
}

const EVENT = ['e.id', 'e.state', 'e.message_id as messageId', 'e.received_at as receivedAt'] as const;
const Kinds = EventFilter.pick({ source: true, type: true, state: true });

@Injectable()
export class PgWebhookReplayStore extends WebhookReplayStore {
  constructor(private readonly database: Database) {
    super();
  }

  /** Not on a pipelined connection: it may take longer than those behind it want to wait. */
  async count(range: ReplayRange): Promise<number> {
    const { count } = await this.database.transaction((tx) =>
      tx
        .tables<ReplayTables>()
        .selectFrom('loopin.webhook_events as e')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .where(eventConditions(range))
        .executeTakeFirstOrThrow(),
    );
    return Number(count);
  }

  async add(tx: Transaction, replay: NewReplay, now: Date): Promise<{ added: boolean; counted: number }> {
    const added = await this.replays(tx)
      .insertInto('loopin.webhook_replays')
      .values({
        id: replay.id,
        source: replay.source ?? null,
        type: replay.type ?? null,
        state: replay.state ?? null,
        since: replay.since,
        until: replay.until,
        counted: replay.counted,
        requested_by: replay.requestedBy,
        requested_at: now,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('counted')
      .executeTakeFirst();
    if (added !== undefined) return { added: true, counted: added.counted };
    const { counted } = await this.replays(tx)
      .selectFrom('loopin.webhook_replays')
      .select('counted')
      .where('id', '=', replay.id)
      .executeTakeFirstOrThrow();
    return { added: false, counted };
  }

  async find(id: WebhookReplayId): Promise<Replay | undefined> {
    const row = await this.database
      .tables<ReplayTables>()
      .selectFrom('loopin.webhook_replays')
      .select(['source', 'type', 'state', 'since', 'until', 'counted'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { source, type, state, since, until, counted } = row;
    const kinds = Kinds.parse({
      ...(source !== null && { source }),
      ...(type !== null && { type }),
      ...(state !== null && { state }),
    });
    return { range: { ...kinds, since, until }, counted };
  }

  async lockNext(
    tx: Transaction,
    range: ReplayRange,
    after: ReplayedEvent | undefined,
    limit: number,
  ): Promise<ReplayableEvent[]> {
    const behind = sql<boolean>`(e.received_at, e.id) > (${after?.receivedAt ?? null}, ${after?.id ?? null})`;
    return this.events(tx)
      .where(eventConditions(range))
      .$if(after !== undefined, (query) => query.where(behind))
      .orderBy('e.received_at')
      .orderBy('e.id')
      .limit(limit)
      .forUpdate()
      .execute();
  }

  async lockOne(tx: Transaction, id: WebhookEventId): Promise<ReplayableEvent | undefined> {
    return this.events(tx).where('e.id', '=', id).forUpdate().executeTakeFirst();
  }

  async reopen(
    tx: Transaction,
    messages: readonly { readonly eventId: WebhookEventId; readonly messageId: string }[],
    sweepAt: Date,
  ): Promise<void> {
    await sql`
      update loopin.webhook_events as e
      set state = 'received',
          message_id = m.message_id,
          attempts = 0,
          sweeps = 0,
          sweep_at = ${sweepAt},
          last_error = null,
          processed_at = null
      from unnest(
        ${messages.map(({ eventId }) => eventId)}::uuid[],
        ${messages.map(({ messageId }) => messageId)}::uuid[]
      ) as m(event_id, message_id)
      where e.id = m.event_id`.execute(tx.tables());
  }

  private events(tx: Transaction) {
    return this.replays(tx).selectFrom('loopin.webhook_events as e').select(EVENT);
  }

  private replays(tx: Transaction): Kysely<ReplayTables> {
    return tx.tables<ReplayTables>();
  }
}
