import type { QueueName } from '../../shared/message';
import type { OutgoingMessage } from './event-queue';

/** A message on its way from its row to the queue. */
export interface PendingMessage extends OutgoingMessage {
  /** As the row said when it was read: whoever puts the message back meanwhile gives the row another time. */
  readonly claimableAt: Date;
}

/** Publishes what was just committed, without anybody waiting for it. Whatever it misses the relay publishes. */
export abstract class FastPath {
  abstract publishSoon(queue: QueueName, message: PendingMessage): void;
}

/** For processes that come and go, such as an operator's command: the worker's relay does it all. */
export class RelayOnly extends FastPath {
  publishSoon(): void {}
}
