import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import { Injectable, type Type } from '@nestjs/common';
import { SqsConsumerEventHandler, SqsMessageHandler } from '@ssut/nestjs-sqs';
import type { SqsConsumerOptions } from '@ssut/nestjs-sqs/dist/sqs.types';
import { QUEUES, type QueueName } from '../../shared/message';
import { MAX_BATCH } from './event-queue';
import { PollingGate } from './polling-gate';
import { QueueDispatcher } from './queue-dispatcher';
import { VISIBILITY_SECONDS } from './visibility';

/** Pollers a queue: a poller waits for its whole batch, so one slow message must not be the only one served. */
const POLLERS: Readonly<Record<QueueName, number>> = {
  'push-notifications': 3,
  'webhook-events': 2,
  'background-jobs': 2,
};
const PAUSE_WHEN_REFUSED_MS = 2_000;

const pollers = QUEUES.flatMap((queue) =>
  Array.from({ length: POLLERS[queue] }, (_, index) => ({ queue, name: `${queue}-${index + 1}` })),
);

/** nestjs-sqs finds a handler by the poller's name: one small class a poller. */
export const pollerProviders: Type[] = pollers.map(({ queue, name }) => pollerClass(queue, name));

/** Deletes nothing by itself: the dispatcher acknowledges, also while the poller is being stopped. */
export function consumerOptions(options: {
  readonly sqs: SQSClient;
  readonly queueUrls: Readonly<Record<QueueName, string>>;
  readonly region: string;
  readonly waitSeconds: number;
  readonly gate: PollingGate;
}): SqsConsumerOptions[] {
  return pollers.map(({ queue, name }) => ({
    name,
    queueUrl: options.queueUrls[queue],
    region: options.region,
    sqs: options.sqs,
    batchSize: MAX_BATCH,
    waitTimeSeconds: options.waitSeconds,
    visibilityTimeout: VISIBILITY_SECONDS,
    authenticationErrorTimeout: PAUSE_WHEN_REFUSED_MS,
    messageSystemAttributeNames: ['ApproximateReceiveCount', 'MessageGroupId'],
    shouldDeleteMessages: false,
    preReceiveMessageCallback: () => options.gate.passage(queue),
  }));
}

function pollerClass(queue: QueueName, name: string): Type {
  @Injectable()
  class QueuePoller {
    private stopping = false;

    constructor(
      private readonly dispatcher: QueueDispatcher,
      private readonly gate: PollingGate,
    ) {}

    @SqsMessageHandler(name, true)
    async handle(messages: Message[]): Promise<void> {
      this.gate.answered(queue);
      await this.dispatcher.dispatch(queue, messages);
    }

    @SqsConsumerEventHandler(name, 'empty')
    nothing(): void {
      this.gate.answered(queue);
    }

    /** Stopping aborts the poll that is under way, which then fails. */
    @SqsConsumerEventHandler(name, 'aborted')
    stopped(): void {
      this.stopping = true;
    }

    @SqsConsumerEventHandler(name, 'error')
    failed(err: Error): void {
      if (!this.stopping) this.gate.refused(queue, err);
    }
  }
  return QueuePoller;
}
