import { Module } from '@nestjs/common';
import { AuditModule } from '../audit';
import { PgWebhookEventStore } from './inbound/pg-webhook-event.store';
import { PgWebhookReplayStore } from './inbound/replays/pg-webhook-replay.store';
import { WebhookReplayStore } from './inbound/replays/webhook-replay.store';
import { WebhookReplays } from './inbound/replays/webhook-replays.service';
import { WebhookEventStore } from './inbound/webhook-event.store';

/** What web and worker share: the stored events, and giving them out again. */
@Module({
  imports: [AuditModule],
  providers: [
    WebhookReplays,
    { provide: WebhookEventStore, useClass: PgWebhookEventStore },
    { provide: WebhookReplayStore, useClass: PgWebhookReplayStore },
  ],
  exports: [WebhookEventStore, WebhookReplays],
})
export class WebhooksModule {}
