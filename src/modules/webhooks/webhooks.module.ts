import { Module } from '@nestjs/common';
import { PgWebhookEventStore } from './pg-webhook-event.store';
import { WebhookEventStore } from './webhook-event.store';

@Module({
  providers: [{ provide: WebhookEventStore, useClass: PgWebhookEventStore }],
  exports: [WebhookEventStore],
})
export class WebhooksModule {}
