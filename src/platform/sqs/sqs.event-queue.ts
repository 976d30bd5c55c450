import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { QUEUES, type QueueName } from '../../shared/message';
import { EventQueue, type OutgoingMessage, type Receipt } from './event-queue';

/** Amazon SQS, standard queues. */
export class SqsEventQueue extends EventQueue {
  constructor(
    private readonly client: SQSClient,
    private readonly urls: Readonly<Record<QueueName, string>>,
  ) {
    super();
  }

  async send(queue: QueueName, messages: readonly OutgoingMessage[]): Promise<ReadonlySet<string>> {
    const result = await this.client.send(
      new SendMessageBatchCommand({
        QueueUrl: this.urls[queue],
        Entries: messages.map((message) => ({
          Id: message.id,
          MessageBody: message.body,
          ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
        })),
      }),
    );
    return new Set(result.Successful?.flatMap((entry) => entry.Id ?? []));
  }

  async acknowledge(queue: QueueName, receipts: readonly Receipt[]): Promise<void> {
    if (receipts.length === 0) return;
    const Entries = receipts.map((receipt, index) => ({
      Id: String(index),
      ReceiptHandle: receipt.receiptHandle,
    }));
    await this.client.send(new DeleteMessageBatchCommand({ QueueUrl: this.urls[queue], Entries }));
  }

  async postpone(queue: QueueName, receipts: readonly (Receipt & { seconds: number })[]): Promise<void> {
    if (receipts.length === 0) return;
    const Entries = receipts.map((receipt, index) => ({
      Id: String(index),
      ReceiptHandle: receipt.receiptHandle,
      VisibilityTimeout: receipt.seconds,
    }));
    await this.client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.urls[queue], Entries }));
  }

  async ping(): Promise<void> {
    await Promise.all(
      QUEUES.map((queue) =>
        this.client.send(
          new GetQueueAttributesCommand({ QueueUrl: this.urls[queue], AttributeNames: ['QueueArn'] }),
        ),
      ),
    );
  }
}
