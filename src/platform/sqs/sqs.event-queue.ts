import type { SQS } from '@aws-sdk/client-sqs';
import { FirstUse } from '../../shared/first-use';
import { QUEUES, type QueueName } from '../../shared/message';
import { EventQueue, type OutgoingMessage, type Receipt } from './event-queue';

/** Amazon SQS, standard queues. Its client is made at the first use: a web process starts without the SDK. */
export class SqsEventQueue extends EventQueue {
  private readonly client: FirstUse<SQS>;

  constructor(
    connect: () => Promise<SQS>,
    private readonly urls: Readonly<Record<QueueName, string>>,
  ) {
    super();
    this.client = new FirstUse(connect);
  }

  async send(queue: QueueName, messages: readonly OutgoingMessage[]): Promise<ReadonlySet<string>> {
    const sqs = await this.client.get();
    const result = await sqs.sendMessageBatch({
      QueueUrl: this.urls[queue],
      Entries: messages.map((message) => ({
        Id: message.id,
        MessageBody: message.body,
        ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
      })),
    });
    return new Set(result.Successful?.flatMap((entry) => entry.Id ?? []));
  }

  async acknowledge(queue: QueueName, receipts: readonly Receipt[]): Promise<void> {
    if (receipts.length === 0) return;
    const Entries = receipts.map((receipt, index) => ({
      Id: String(index),
      ReceiptHandle: receipt.receiptHandle,
    }));
    const sqs = await this.client.get();
    await sqs.deleteMessageBatch({ QueueUrl: this.urls[queue], Entries });
  }

  async postpone(queue: QueueName, receipts: readonly (Receipt & { seconds: number })[]): Promise<void> {
    if (receipts.length === 0) return;
    const Entries = receipts.map((receipt, index) => ({
      Id: String(index),
      ReceiptHandle: receipt.receiptHandle,
      VisibilityTimeout: receipt.seconds,
    }));
    const sqs = await this.client.get();
    await sqs.changeMessageVisibilityBatch({ QueueUrl: this.urls[queue], Entries });
  }

  async ping(): Promise<void> {
    const sqs = await this.client.get();
    await Promise.all(
      QUEUES.map((queue) =>
        sqs.getQueueAttributes({ QueueUrl: this.urls[queue], AttributeNames: ['QueueArn'] }),
      ),
    );
  }

  close(): Promise<void> {
    return this.client.close((sqs) => sqs.destroy());
  }
}
