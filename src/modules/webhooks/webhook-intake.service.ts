import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { Database } from '../../platform/database/database';
import { Outbox } from '../../platform/sqs/outbox';
import { Clock } from '../../shared/clock';
import { sha256 } from '../../shared/hash';
import { newId, type WebhookEventId } from '../../shared/ids';
import { OneSignalSource } from './sources/onesignal.source';
import { WebhookEventStore } from './webhook-event.store';
import type { WebhookSource } from './webhook-source';
import { type SourceName, sealContext, WebhookReceived } from './webhooks.schema';

/** Takes a provider's event in: verified, stored and queued before it is acknowledged, once. */
@Injectable()
export class WebhookIntakeService {
  private readonly sources: Readonly<Record<SourceName, WebhookSource>>;

  constructor(
    oneSignal: OneSignalSource,
    private readonly store: WebhookEventStore,
    private readonly outbox: Outbox,
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {
    this.sources = { onesignal: oneSignal };
  }

  /**
   * @throws InvalidSignature when the source did not send it; nothing is stored
   */
  async receive(
    sourceName: SourceName,
    headers: IncomingHttpHeaders,
    body: Buffer,
  ): Promise<{ id: WebhookEventId; duplicate: boolean }> {
    const source = this.sources[sourceName];
    const { eventId, type } = source.verify(headers, body);
    const id = newId<'WebhookEvent'>();
    const event = {
      id,
      source: source.name,
      providerEventId: eventId,
      bodyHash: sha256(body),
      type,
      bodySealed: this.keys.data.seal(body, sealContext(id)),
    };
    return this.database.transaction(async (tx) => {
      const known = await this.store.add(tx, event, this.clock.now());
      if (known !== undefined) return { id: known, duplicate: true };
      await this.outbox.add(tx, WebhookReceived, { eventId: id });
      return { id, duplicate: false };
    });
  }
}
