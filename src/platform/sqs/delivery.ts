import type { Message } from '@aws-sdk/client-sqs';
import { Envelope } from '../../shared/message';
import type { Receipt } from './event-queue';

/** A received message whose envelope could be read. */
export interface Delivery extends Receipt {
  readonly envelope: Envelope;
  /** How often the queue has handed it out, 1 at first. */
  readonly receives: number;
}

/** The deliveries of a batch; what is no envelope of ours is left out, for the queue to move to its dead letters. */
export function readDeliveries(messages: readonly Message[]): Delivery[] {
  return messages.flatMap((message) => {
    const envelope = readEnvelope(message.Body ?? '');
    if (envelope === undefined) return [];
    return {
      messageId: message.MessageId ?? '',
      receiptHandle: message.ReceiptHandle ?? '',
      receives: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
      envelope,
    };
  });
}

function readEnvelope(body: string): Envelope | undefined {
  try {
    return Envelope.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}
