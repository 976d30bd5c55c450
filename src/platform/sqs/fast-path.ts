import type { QueueName } from '../../shared/message';
import type { OutgoingMessage } from './event-queue';

/** Publishes what was just committed, without anybody waiting for it. Whatever it misses the relay publishes. */
export abstract class FastPath {
  abstract publishSoon(queue: QueueName, message: OutgoingMessage): void;
}

/** For processes that come and go, such as an operator's command: the worker's relay does it all. */
export class RelayOnly extends FastPath {
  publishSoon(): void {}
}
