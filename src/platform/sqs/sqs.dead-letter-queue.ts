import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import type { QueueName } from '../../shared/message';
import { SafeError } from '../../shared/safe-error';
import { DeadLetterQueue, type DeadMessage, type QueueDepth } from './dead-letter-queue';
import { MAX_BATCH, type Receipt } from './event-queue';

const VISIBILITY_SECONDS = 30;
/** A poll that waits asks every server of SQS; one that does not may miss what is there. */
const WAIT_SECONDS = 1;

const RedrivePolicy = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.object({ deadLetterTargetArn: z.string() }));

const DEPTH: readonly QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];

/** The dead-letter queue of a queue is the one that its redrive policy names: there is no setting that could be another. */
export class SqsDeadLetterQueue extends DeadLetterQueue {
  private readonly deadUrls = new Map<QueueName, string>();

  constructor(
    private readonly client: SQSClient,
    private readonly urls: Readonly<Record<QueueName, string>>,
  ) {
    super();
  }

  async receive(queue: QueueName): Promise<DeadMessage[]> {
    const { Messages = [] } = await this.client.send(
      new ReceiveMessageCommand({
        QueueUrl: await this.deadUrl(queue),
        MaxNumberOfMessages: MAX_BATCH,
        VisibilityTimeout: VISIBILITY_SECONDS,
        WaitTimeSeconds: WAIT_SECONDS,
        MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp', 'MessageGroupId'],
      }),
    );
    return Messages.map(toDeadMessage);
  }

  async remove(queue: QueueName, receipts: readonly Receipt[]): Promise<void> {
    if (receipts.length === 0) return;
    const Entries = receipts.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
    }));
    await this.client.send(new DeleteMessageBatchCommand({ QueueUrl: await this.deadUrl(queue), Entries }));
  }

  async depth(queue: QueueName): Promise<QueueDepth> {
    const [own, dead] = await Promise.all([
      this.attributes(this.urls[queue], DEPTH),
      this.attributes(await this.deadUrl(queue), DEPTH),
    ]);
    return {
      visible: Number(own.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(own.ApproximateNumberOfMessagesNotVisible ?? 0),
      delayed: Number(own.ApproximateNumberOfMessagesDelayed ?? 0),
      dead:
        Number(dead.ApproximateNumberOfMessages ?? 0) +
        Number(dead.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  }

  /** A dead-letter queue is in its queue's region and account: only the name differs. */
  private async deadUrl(queue: QueueName): Promise<string> {
    const known = this.deadUrls.get(queue);
    if (known !== undefined) return known;
    const own = this.urls[queue];
    const policy = RedrivePolicy.safeParse((await this.attributes(own, ['RedrivePolicy'])).RedrivePolicy);
    if (!policy.success) throw new SafeError(`${queue} has no dead-letter queue`);
    const name = policy.data.deadLetterTargetArn.split(':').at(-1) ?? '';
    const url = own.replace(/[^/]+$/, name);
    this.deadUrls.set(queue, url);
    return url;
  }

  private async attributes(
    url: string,
    names: readonly QueueAttributeName[],
  ): Promise<Partial<Record<string, string>>> {
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] });
    return (await this.client.send(command)).Attributes ?? {};
  }
}

function toDeadMessage({
  MessageId = '',
  ReceiptHandle = '',
  Body = '',
  Attributes = {},
}: Message): DeadMessage {
  const { ApproximateReceiveCount, SentTimestamp, MessageGroupId } = Attributes;
  return {
    queueMessageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    groupId: MessageGroupId,
    receives: Number(ApproximateReceiveCount ?? 1),
    sentAt: SentTimestamp === undefined ? undefined : new Date(Number(SentTimestamp)),
  };
}
