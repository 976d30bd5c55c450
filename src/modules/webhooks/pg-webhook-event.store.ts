import { Injectable } from '@nestjs/common';
import type { Generated } from 'kysely';
import { Database } from '../../platform/database/database';
import type { Transaction } from '../../platform/database/transaction';
import type { WebhookEventId } from '../../shared/ids';
import { type NewWebhookEvent, type WebhookEvent, WebhookEventStore } from './webhook-event.store';

interface WebhookTables {
  'loopin.webhook_events': {
    id: WebhookEventId;
    source: string;
    provider_event_id: string;
    body_hash: Buffer;
    type: string;
    body_sealed: Buffer;
    state: 'received' | 'processed' | 'ignored';
    received_at: Date;
    processed_at: Generated<Date | null>;
  };
}

@Injectable()
export class PgWebhookEventStore extends WebhookEventStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, event: NewWebhookEvent, now: Date): Promise<WebhookEventId | undefined> {
    const tables = tx.tables<WebhookTables>();
    const { numInsertedOrUpdatedRows } = await tables
      .insertInto('loopin.webhook_events')
      .values({
        id: event.id,
        source: event.source,
        provider_event_id: event.providerEventId,
        body_hash: event.bodyHash,
        type: event.type,
        body_sealed: event.bodySealed,
        state: 'received',
        received_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if ((numInsertedOrUpdatedRows ?? 0n) > 0n) return undefined;
    const known = await tables
      .selectFrom('loopin.webhook_events')
      .select('id')
      .where('source', '=', event.source)
      .where((eb) =>
        eb.or([eb('provider_event_id', '=', event.providerEventId), eb('body_hash', '=', event.bodyHash)]),
      )
      .executeTakeFirstOrThrow();
    return known.id;
  }

  async findReceived(id: WebhookEventId): Promise<WebhookEvent | undefined> {
    const row = await this.database
      .tables<WebhookTables>()
      .selectFrom('loopin.webhook_events')
      .select(['id', 'source', 'type', 'body_sealed'])
      .where('id', '=', id)
      .where('state', '=', 'received')
      .executeTakeFirst();
    return row && { id: row.id, source: row.source, type: row.type, bodySealed: row.body_sealed };
  }

  async settle(id: WebhookEventId, state: 'processed' | 'ignored', now: Date): Promise<void> {
    await this.database
      .tables<WebhookTables>()
      .updateTable('loopin.webhook_events')
      .set({ state, processed_at: now })
      .where('id', '=', id)
      .where('state', '=', 'received')
      .execute();
  }
}
