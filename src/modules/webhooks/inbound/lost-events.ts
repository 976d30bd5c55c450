import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { Outbox } from '../../../platform/sqs/outbox';
import { Clock } from '../../../shared/clock';
import { WebhookReceived } from './webhook.messages';
import { WebhookEventStore } from './webhook-event.store';

const BATCH = 500;
const MOST_BATCHES = 20;
/** Fair queues: what was lost does not delay what comes in. */
const GROUP = 'webhook-lost';
/** A message that ends its worker every time must not come back for ever. */
const MOST_SWEEPS = 5;

/**
 * Queues again what was stored, and neither handled nor failed for long: a queue may be purged, and a message may
 * outlive its retention. The message keeps its id, so one that was only late is handled once all the same.
 */
@Injectable()
export class LostEvents {
  private readonly logger = new Logger(LostEvents.name);

  constructor(
    private readonly store: WebhookEventStore,
    private readonly outbox: Outbox,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async sweep(): Promise<void> {
    for (let batch = 0; batch < MOST_BATCHES && (await this.sweepBatch()) === BATCH; batch++);
  }

  private async sweepBatch(): Promise<number> {
    const lost = await this.database.transaction(async (tx) => {
      const messages = await this.store.takeLost(tx, this.clock.now(), BATCH, MOST_SWEEPS);
      const payloads = messages.map(({ eventId }) => ({ eventId }));
      const ids = messages.map(({ messageId }) => messageId);
      await this.outbox.addAll(tx, WebhookReceived, payloads, { ids, groupId: GROUP });
      return messages.length;
    });
    if (lost > 0) this.logger.warn({ count: lost }, 'webhook events were queued again');
    return lost;
  }
}
