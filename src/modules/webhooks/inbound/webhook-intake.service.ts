import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import { Outbox } from '../../../platform/sqs/outbox';
import { Clock, secondsAfter } from '../../../shared/clock';
import { sha256 } from '../../../shared/hash';
import { newId, type WebhookEventId } from '../../../shared/ids';
import { WebhookSources } from './sources/webhook-sources';
import { sealContext, WebhookReceived } from './webhook.messages';
import { WebhookEventStore } from './webhook-event.store';
import { SWEEP_AFTER_SECONDS } from './webhook-event.tables';

/** Takes a provider's event in: verified, stored and queued before it is acknowledged, once. */
@Injectable()
export class WebhookIntakeService {
  constructor(
    private readonly sources: WebhookSources,
    private readonly store: WebhookEventStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {}

  /**
   * @throws NotFound when the source is not known or has no secret here
   * @throws InvalidSignature when the source did not send it; nothing is stored
   * @throws ValidationFailed when it is no event of this source; nothing is stored
   */
  async receive(
    sourceName: string,
    headers: IncomingHttpHeaders,
    body: Buffer,
  ): Promise<{ id: WebhookEventId; duplicate: boolean }> {
    const source = this.sources.named(sourceName);
    const now = this.clock.now();
    const { eventId, type, occurredAt } = source.verify(headers, body, now);
    const id = newId<'WebhookEvent'>();
    const message = this.outbox.draft(WebhookReceived, { eventId: id }, id, source.name);
    const event = {
      id,
      source: source.name,
      providerEventId: eventId,
      bodyHash: source.signsId ? undefined : sha256(body),
      type,
      bodySealed: this.keys.data.seal(body, sealContext(id)),
      occurredAt,
      receivedAt: now,
      sweepAt: secondsAfter(now, SWEEP_AFTER_SECONDS),
    };
    const known = await this.store.add(event, message);
    if (known !== undefined) return { id: known, duplicate: true };
    this.outbox.publishSoon(message);
    return { id, duplicate: false };
  }
}
