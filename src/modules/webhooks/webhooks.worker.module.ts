import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { LostEvents } from './inbound/lost-events';
import { LostEventsConsumer } from './inbound/lost-events.consumer';
import { RangeReplay } from './inbound/replays/range-replay.service';
import { WebhookReplaysConsumer } from './inbound/replays/webhook-replays.consumer';
import { WebhookHandlers } from './inbound/webhook-handlers';
import { WebhooksConsumer } from './inbound/webhooks.consumer';
import { OutboundWorkerModule } from './outbound/outbound.worker.module';
import { WebhooksModule } from './webhooks.module';

@Module({
  imports: [WebhooksModule, OutboundWorkerModule, ConfigModule.forFeature(keysConfig)],
  providers: [
    WebhooksConsumer,
    WebhookReplaysConsumer,
    RangeReplay,
    WebhookHandlers,
    LostEvents,
    LostEventsConsumer,
  ],
  exports: [WebhookHandlers],
})
export class WebhooksWorkerModule {}
