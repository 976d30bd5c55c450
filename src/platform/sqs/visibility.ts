import { Logger } from '@nestjs/common';
import type { QueueName } from '../../shared/message';
import { tellFailure } from '../sentry/tell-failure';
import type { Delivery } from './delivery';
import type { EventQueue } from './event-queue';
import type { Inbox } from './inbox';

/** How long a received message stays hidden. */
export const VISIBILITY_SECONDS = 30;
/** A little less: when the queue hands out a dead worker's message again, its lease must be over, or a receive is lost. */
export const LEASE_SECONDS = 25;
const HEARTBEAT_MS = 10_000;

const logger = new Logger('Visibility');

/**
 * Keeps the messages of a batch hidden and leased until the returned function is called. It has to be called, and
 * awaited, before a back-off is set: a late heartbeat would overwrite it. A heartbeat that fails is only told.
 */
export function keepInvisible(
  eventQueue: EventQueue,
  inbox: Inbox,
  queue: QueueName,
  deliveries: readonly Delivery[],
): () => Promise<void> {
  const hidden = deliveries.map((delivery) => ({ ...delivery, seconds: VISIBILITY_SECONDS }));
  const ids = deliveries.map((delivery) => delivery.envelope.id);
  let beat: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    beat = Promise.all([eventQueue.postpone(queue, hidden), inbox.extend(ids, LEASE_SECONDS)]).catch((err) =>
      tellFailure(logger, err, 'the heartbeat of messages failed', { queue }),
    );
  }, HEARTBEAT_MS);
  return async () => {
    clearInterval(timer);
    await beat;
  };
}
