import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { MessageHandlers } from '../../platform/sqs/message-handlers';
import { Clock } from '../../shared/clock';
import type { WebhookEventId } from '../../shared/ids';
import { WebhookEventStore } from './webhook-event.store';
import { WebhookHandlers } from './webhook-handlers';
import { sealContext, WebhookReceived } from './webhooks.schema';

/** Gives a stored event to its handler; an event that nobody handles is kept and marked. */
@Injectable()
export class WebhooksConsumer {
  constructor(
    messages: MessageHandlers,
    private readonly handlers: WebhookHandlers,
    private readonly store: WebhookEventStore,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {
    messages.on(WebhookReceived, ({ eventId }) => this.handle(eventId));
  }

  private async handle(id: WebhookEventId): Promise<void> {
    const event = await this.store.findReceived(id);
    if (event === undefined) return;
    const body: unknown = JSON.parse(this.keys.data.open(event.bodySealed, sealContext(id)).toString('utf8'));
    const handled = await this.handlers.handle(event.source, event.type, body);
    await this.store.settle(id, handled ? 'processed' : 'ignored', this.clock.now());
  }
}
