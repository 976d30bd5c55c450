import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig, webhookSecretsConfig } from '../../config/slices';
import { PgWebhookEventListStore } from './inbound/events/pg-webhook-event-list.store';
import { WebhookEventListStore } from './inbound/events/webhook-event-list.store';
import { WebhookEventsController } from './inbound/events/webhook-events.controller';
import { WebhookEvents } from './inbound/events/webhook-events.service';
import { WebhookSources } from './inbound/sources/webhook-sources';
import { WebhookIntakeController } from './inbound/webhook-intake.controller';
import { WebhookIntakeService } from './inbound/webhook-intake.service';
import { OutboundHttpModule } from './outbound/outbound.http.module';
import { WebhooksModule } from './webhooks.module';

@Module({
  imports: [
    WebhooksModule,
    OutboundHttpModule,
    ConfigModule.forFeature(keysConfig),
    ConfigModule.forFeature(webhookSecretsConfig),
  ],
  controllers: [WebhookIntakeController, WebhookEventsController],
  providers: [
    WebhookIntakeService,
    WebhookSources,
    WebhookEvents,
    { provide: WebhookEventListStore, useClass: PgWebhookEventListStore },
  ],
})
export class WebhooksHttpModule {}
