import { Module } from '@nestjs/common';
import { AuditModule } from '../audit';
import { JobsModule } from '../jobs';
import { PgWebhookEventStore } from './inbound/pg-webhook-event.store';
import { EventRelease } from './inbound/replays/event-release';
import { EventReplay } from './inbound/replays/event-replay.service';
import { PgWebhookReplayStore } from './inbound/replays/pg-webhook-replay.store';
import { WebhookReplayStore } from './inbound/replays/webhook-replay.store';
import { WebhookReplays } from './inbound/replays/webhook-replays.service';
import { WebhookEventStore } from './inbound/webhook-event.store';

/** What web and worker share: the stored events, and giving them out again. */
@Module({
  imports: [AuditModule, JobsModule],
  providers: [
    EventRelease,
    EventReplay,
    WebhookReplays,
    { provide: WebhookEventStore, useClass: PgWebhookEventStore },
    { provide: WebhookReplayStore, useClass: PgWebhookReplayStore },
  ],
  exports: [EventRelease, EventReplay, WebhookEventStore, WebhookReplays, WebhookReplayStore],
})
export class WebhooksModule {}
