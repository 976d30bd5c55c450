import type { QueueName } from '../../shared/message';
import type { Receipt } from './event-queue';

/** A message that its queue gave up. */
export interface DeadMessage extends Receipt {
  /** The queue's own id of it: another one each time the message is sent. */
  readonly queueMessageId: string;
  readonly body: string;
  readonly groupId: string | undefined;
  readonly receives: number;
  readonly sentAt: Date | undefined;
}

export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** In its dead-letter queue. */
  readonly dead: number;
}

/** What the queues gave up, and how full they are. For the worker: the web never looks into a queue. */
export abstract class DeadLetterQueue {
  /** At most 10, hidden from others for 30 s. Whoever deals with them removes them, or they come again. */
  abstract receive(queue: QueueName): Promise<DeadMessage[]>;

  abstract remove(queue: QueueName, receipts: readonly Receipt[]): Promise<void>;

  /** As the queue says, which is about right. */
  abstract depth(queue: QueueName): Promise<QueueDepth>;
}
