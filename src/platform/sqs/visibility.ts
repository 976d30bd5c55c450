import { Logger } from '@nestjs/common';
import type { QueueName } from '../../shared/message';
import type { EventQueue, Receipt } from './event-queue';
import type { Inbox } from './inbox';

/** How long a received message stays hidden. */
export const VISIBILITY_SECONDS = 30;
/**
 * How long its lease in the inbox is. Shorter, so that the delivery after a holder's death finds the lease over: one
 * that comes too early is left alone and costs one of the five receives.
 */
export const LEASE_SECONDS = 25;
const HEARTBEAT_MS = 10_000;

const logger = new Logger('Visibility');

/**
 * Keeps running messages hidden and leased until the returned function is called. A message that leaves `running`
 * is not touched again, so a back-off set afterwards stands; a heartbeat that fails is only logged.
 */
export function keepInvisible(
  eventQueue: EventQueue,
  inbox: Inbox,
  queue: QueueName,
  running: ReadonlyMap<string, Receipt>,
): () => Promise<void> {
  let beat: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    const receipts = [...running.values()].map((receipt) => ({ ...receipt, seconds: VISIBILITY_SECONDS }));
    beat = Promise.all([
      eventQueue.postpone(queue, receipts),
      inbox.extend([...running.keys()], LEASE_SECONDS),
    ]).catch((err) => logger.warn({ err, queue }, 'heartbeat failed'));
  }, HEARTBEAT_MS);
  return async () => {
    clearInterval(timer);
    await beat;
  };
}
