import type { Message } from '@aws-sdk/client-sqs';
import { Envelope, type QueueName } from '../../shared/message';
import { ScheduleTick, tickEnvelope } from '../../shared/schedule-tick';
import type { Receipt } from './event-queue';

export interface ReceivedMessage extends Receipt {
  /** How often the queue has handed it out, 1 at first. */
  readonly receives: number;
  readonly groupId?: string | undefined;
}

/** A received message whose envelope could be read. */
export interface Delivery extends ReceivedMessage {
  readonly envelope: Envelope;
}

/** Sorts what a poll brought into what can be read and what can't. */
export function readDeliveries(
  queue: QueueName,
  messages: readonly Message[],
): {
  readonly deliveries: Delivery[];
  readonly unreadable: ReceivedMessage[];
} {
  const deliveries: Delivery[] = [];
  const unreadable: ReceivedMessage[] = [];
  for (const message of messages) {
    const received = {
      receiptHandle: message.ReceiptHandle ?? '',
      receives: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
      groupId: message.Attributes?.MessageGroupId,
    };
    const envelope = readEnvelope(queue, message.Body ?? '');
    if (envelope === undefined) unreadable.push(received);
    else deliveries.push({ ...received, envelope });
  }
  return { deliveries, unreadable };
}

function readEnvelope(queue: QueueName, text: string): Envelope | undefined {
  try {
    const body: unknown = JSON.parse(text);
    const tick = queue === ScheduleTick.queue ? tickEnvelope(body) : undefined;
    return tick ?? Envelope.parse(body);
  } catch {
    return undefined;
  }
}
