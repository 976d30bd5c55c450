import type { ListedEvent } from './webhook-event-list.store';
import type { EventView } from './webhook-events.schema';

export const toEventView = (event: ListedEvent): EventView => ({
  id: event.id,
  source: event.source,
  type: event.type,
  state: event.state,
  providerEventId: event.providerEventId,
  receivedAt: event.receivedAt.toISOString(),
  occurredAt: event.occurredAt?.toISOString() ?? null,
  processedAt: event.processedAt?.toISOString() ?? null,
  attempts: event.attempts,
  lastError: event.lastError,
});
