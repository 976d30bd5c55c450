import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { DAY, secondsAfter } from '../../../shared/clock';
import { completeWhenDone } from '../notifications/completion';
import { contentOf } from '../notifications/payload';
import type { ChunkRef } from '../push.schema';
import type { PushTables } from '../push.tables';
import { type Chunk, type ChunkResult, ChunkStore, type Receipt } from './chunk.store';
import { settleDeliveries } from './chunk-settlement';
import { applyEarlyReceipts, keepEarlyReceipt } from './receipts';

/** OneSignal's own, when a message says nothing: three days. */
const DEFAULT_TTL_SECONDS = 3 * DAY;

@Injectable()
export class PgChunkStore extends ChunkStore {
  constructor(private readonly database: Database) {
    super();
  }

  async findPendingChunk({ notificationId, chunk }: ChunkRef): Promise<Chunk | undefined> {
    const tables = this.database.tables<PushTables>();
    const found = await tables
      .selectFrom('loopin.push_chunks as c')
      .innerJoin('loopin.push_notifications as n', 'n.id', 'c.notification_id')
      .select(['c.idempotency_key', 'c.variant', 'n.content', 'n.localizations', 'n.options'])
      .select(['n.created_at', 'n.expires_at'])
      .where('c.notification_id', '=', notificationId)
      .where('c.chunk', '=', chunk)
      .where('c.state', '=', 'pending')
      .executeTakeFirst();
    if (found === undefined) return undefined;
    const members = await tables
      .selectFrom('loopin.push_deliveries')
      .select((eb) => eb.fn<string[]>('array_agg', ['target']).as('targets'))
      .where('notification_id', '=', notificationId)
      .where('chunk', '=', chunk)
      .executeTakeFirstOrThrow();
    return {
      idempotencyKey: found.idempotency_key,
      content: contentOf(found.content, found.localizations, found.variant),
      options: found.options,
      expiresAt: found.expires_at ?? secondsAfter(found.created_at, DEFAULT_TTL_SECONDS),
      targets: members.targets ?? [],
    };
  }

  async settleChunk({ notificationId, chunk }: ChunkRef, result: ChunkResult, now: Date): Promise<void> {
    await this.database.transaction(async (tx) => {
      const tables = tx.tables<PushTables>();
      // one chunk at a time: the last one must see that it is the last
      await tables
        .selectFrom('loopin.push_notifications')
        .select('id')
        .where('id', '=', notificationId)
        .forUpdate()
        .execute();
      const settled = await tables
        .updateTable('loopin.push_chunks')
        .set(
          result.state === 'sent'
            ? { state: 'sent', provider_message_id: result.providerMessageId, sent_at: now }
            : { state: 'failed', reason: result.reason },
        )
        .where('notification_id', '=', notificationId)
        .where('chunk', '=', chunk)
        .where('state', '=', 'pending')
        .returning('provider')
        .executeTakeFirst();
      if (settled === undefined) return;
      await settleDeliveries(tx, { notificationId, chunk }, result, now);
      if (result.state === 'sent') {
        await applyEarlyReceipts(tx, settled.provider, result.providerMessageId, now);
      }
      await completeWhenDone(tx, notificationId, now);
    });
  }

  async markDelivered(receipt: Receipt, now: Date): Promise<void> {
    const tables = this.database.tables<PushTables>();
    const { provider, providerMessageId, target } = receipt;
    const sent = await tables
      .selectFrom('loopin.push_chunks')
      .select('notification_id')
      .where('provider', '=', provider)
      .where('provider_message_id', '=', providerMessageId)
      .executeTakeFirst();
    if (sent === undefined) {
      await this.database.transaction((tx) => keepEarlyReceipt(tx, receipt, now));
      return;
    }
    await tables
      .updateTable('loopin.push_deliveries')
      .set({ state: 'delivered', updated_at: now })
      .where('notification_id', '=', sent.notification_id)
      .where('target', '=', target)
      .where('state', '=', 'sent')
      .execute();
  }
}
