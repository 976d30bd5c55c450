import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig, oneSignalWebhookConfig } from '../../config/slices';
import { PgWebhookEventStore } from './pg-webhook-event.store';
import { OneSignalSource } from './sources/onesignal.source';
import { WebhookEventStore } from './webhook-event.store';
import { WebhookHandlers } from './webhook-handlers';
import { WebhookIntakeService } from './webhook-intake.service';
import { WebhooksConsumer } from './webhooks.consumer';
import { WebhooksController } from './webhooks.controller';

const store = { provide: WebhookEventStore, useClass: PgWebhookEventStore };

@Module({
  imports: [ConfigModule.forFeature(keysConfig), ConfigModule.forFeature(oneSignalWebhookConfig)],
  controllers: [WebhooksController],
  providers: [WebhookIntakeService, OneSignalSource, store],
})
export class WebhooksHttpModule {}

@Module({
  imports: [ConfigModule.forFeature(keysConfig)],
  providers: [WebhooksConsumer, WebhookHandlers, store],
  exports: [WebhookHandlers],
})
export class WebhooksWorkerModule {}
