import type { QueueName } from '../../shared/message';

export interface OutgoingMessage {
  readonly id: string;
  /** The envelope as JSON. */
  readonly body: string;
  /** Fair-queue group on a standard queue: one busy tenant does not delay the others. */
  readonly groupId?: string | undefined;
}

/** A message in hand: its receipt is what acknowledges or postpones it. */
export interface Receipt {
  readonly receiptHandle: string;
}

export abstract class EventQueue {
  /**
   * Sends up to 10 messages in one call.
   * @returns ids of the messages that the queue took; the others may be sent again
   * @throws Error when the queue can't be reached within 3 s
   */
  abstract send(queue: QueueName, messages: readonly OutgoingMessage[]): Promise<ReadonlySet<string>>;

  /** Deletes handled messages: at most 10. */
  abstract acknowledge(queue: QueueName, receipts: readonly Receipt[]): Promise<void>;

  /** Hides messages for so many seconds from now: at most 10. */
  abstract postpone(queue: QueueName, receipts: readonly (Receipt & { seconds: number })[]): Promise<void>;

  /** @throws Error when a queue does not answer */
  abstract ping(): Promise<void>;
}

export const MAX_BATCH = 10;
