export { toEventView } from './inbound/events/event-view';
export { PgWebhookEventListStore } from './inbound/events/pg-webhook-event-list.store';
export { EventsQuery, ReplayRequest } from './inbound/events/webhook-events.schema';
export { WebhookEvents } from './inbound/events/webhook-events.service';
export { PgWebhookReplayStore } from './inbound/replays/pg-webhook-replay.store';
export { WebhookReplays } from './inbound/replays/webhook-replays.service';
export { WebhookHandlers } from './inbound/webhook-handlers';
export { WebhooksWorkerModule } from './webhooks.worker.module';
