import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { MessageHandlers, TryAgainLater } from '../../platform/sqs/message-handlers';
import { WebhookHandlers } from '../webhooks';
import { DeliveryService } from './delivery.service';
import { DeliverChunk, ResolveAudience } from './push.schema';

/** The event that OneSignal posts when a phone confirmed a push; `message.id` is what our call was answered with. */
const PushReceived = z.object({
  event: z.object({ subscription_id: z.guid().toLowerCase() }),
  message: z.object({ id: z.string().min(1) }),
});

/** A receipt can overtake our own record of the sending; this often it is asked for again, then it is not ours. */
const RECEIPT_ATTEMPTS = 4;

@Injectable()
export class PushConsumer {
  constructor(
    messages: MessageHandlers,
    webhooks: WebhookHandlers,
    private readonly delivery: DeliveryService,
  ) {
    messages.on(ResolveAudience, ({ notificationId }) => delivery.resolveAudience(notificationId));
    messages.on(DeliverChunk, (ref, { attempt }) => delivery.deliverChunk(ref, attempt));
    webhooks.on('onesignal', 'message.push.received', PushReceived, (event, attempt) =>
      this.received(event.message.id, event.event.subscription_id, attempt),
    );
  }

  private async received(messageId: string, subscriptionId: string, attempt: number): Promise<void> {
    const known = await this.delivery.delivered('onesignal', messageId, subscriptionId);
    if (known || attempt >= RECEIPT_ATTEMPTS) return;
    throw new TryAgainLater('a receipt for a message that is not recorded yet', attempt === 1 ? 1 : 30);
  }
}
