import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { MessageHandlers } from '../../platform/sqs/message-handlers';
import { WebhookHandlers } from '../webhooks';
import { DeliveryService } from './delivery/delivery.service';
import { FanOutService } from './fanout/fan-out.service';
import { DeliverChunk, ResolveAudience } from './push.schema';

/** The event that OneSignal posts when a phone confirmed a push; `message.id` is what our call was answered with. */
const PushReceived = z.object({
  event: z.object({ subscription_id: z.guid().toLowerCase() }),
  message: z.object({ id: z.string().min(1) }),
});

@Injectable()
export class PushConsumer {
  constructor(
    messages: MessageHandlers,
    webhooks: WebhookHandlers,
    fanOut: FanOutService,
    delivery: DeliveryService,
  ) {
    messages.on(ResolveAudience, ({ notificationId, after }, { attempt }) =>
      fanOut.resolveAudience(notificationId, { after: after ?? null, again: attempt > 1 }),
    );
    messages.on(DeliverChunk, (ref, { attempt }) => delivery.deliverChunk(ref, attempt));
    webhooks.on('onesignal', 'message.push.received', PushReceived, ({ event, message }) =>
      delivery.delivered({
        provider: 'onesignal',
        providerMessageId: message.id,
        target: event.subscription_id,
      }),
    );
  }
}
