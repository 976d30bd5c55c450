import { Injectable } from '@nestjs/common';
import { type Selectable, sql } from 'kysely';
import { Database } from '../../../../platform/database/database';
import type { WebhookEventId } from '../../../../shared/ids';
import type { WebhookEventTables } from '../webhook-event.tables';
import { eventConditions } from './event-conditions';
import { type ListedEvent, WebhookEventListStore } from './webhook-event-list.store';
import type { EventFilter } from './webhook-events.schema';

const COLUMNS = [
  'e.id',
  'e.source',
  'e.type',
  'e.state',
  'e.provider_event_id',
  'e.received_at',
  'e.occurred_at',
  'e.processed_at',
  'e.attempts',
  'e.last_error',
] as const;

@Injectable()
export class PgWebhookEventListStore extends WebhookEventListStore {
  constructor(private readonly database: Database) {
    super();
  }

  async list(filter: EventFilter, limit: number, after: string | undefined): Promise<ListedEvent[]> {
    const behind = sql<boolean>`(e.received_at, e.id) < (
      select c.received_at, c.id
      from loopin.webhook_events c
      where c.id = ${after ?? null}
    )`;
    const rows = await this.events()
      .select(COLUMNS)
      .where(eventConditions(filter))
      .$if(after !== undefined, (query) => query.where(behind))
      .orderBy('e.received_at', 'desc')
      .orderBy('e.id', 'desc')
      .limit(limit + 1)
      .execute();
    return rows.map(toListed);
  }

  async find(id: WebhookEventId): Promise<(ListedEvent & { bodySealed: Buffer }) | undefined> {
    const row = await this.events()
      .select([...COLUMNS, 'e.body_sealed'])
      .where('e.id', '=', id)
      .executeTakeFirst();
    return row && { ...toListed(row), bodySealed: row.body_sealed };
  }

  private events() {
    return this.database.tables<WebhookEventTables>().selectFrom('loopin.webhook_events as e');
  }
}

type EventRow = Selectable<WebhookEventTables['loopin.webhook_events']>;

function toListed(
  row: Omit<EventRow, 'body_hash' | 'body_sealed' | 'message_id' | 'sweep_at' | 'sweeps'>,
): ListedEvent {
  return {
    id: row.id,
    source: row.source,
    type: row.type,
    state: row.state,
    providerEventId: row.provider_event_id,
    receivedAt: row.received_at,
    occurredAt: row.occurred_at,
    processedAt: row.processed_at,
    attempts: row.attempts,
    lastError: row.last_error,
  };
}
