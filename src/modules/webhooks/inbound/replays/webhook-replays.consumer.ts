import { Injectable } from '@nestjs/common';
import { MessageHandlers } from '../../../../platform/sqs/message-handlers';
import { ReplayWebhooks } from '../webhook.messages';
import { WebhookReplays } from './webhook-replays.service';

@Injectable()
export class WebhookReplaysConsumer {
  constructor(messages: MessageHandlers, replays: WebhookReplays) {
    messages.on(ReplayWebhooks, ({ replayId }) => replays.continue(replayId));
  }
}
