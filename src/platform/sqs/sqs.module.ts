import { SQSClient } from '@aws-sdk/client-sqs';
import { Global, Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { SqsModule } from '@ssut/nestjs-sqs';
import { pollingConfig, sqsConfig } from '../../config/slices';
import { Shutdown } from '../lifecycle/shutdown';
import { EventQueue } from './event-queue';
import { FastPath } from './fast-path';
import { Inbox } from './inbox';
import { MessageHandlers } from './message-handlers';
import { Outbox } from './outbox';
import { OutboxPublisher } from './outbox-publisher';
import { OutboxRelay } from './outbox-relay';
import { QueueDispatcher } from './queue-dispatcher';
import { consumerOptions, pollerProviders } from './queue-pollers';
import { SqsEventQueue } from './sqs.event-queue';

const REQUEST_MS = 3_000;
const CONNECT_MS = 1_000;
/** A long poll is held for 20 s by the queue itself. */
const RECEIVE_MS = 25_000;
const ATTEMPTS = 2;

type SqsConfig = ConfigType<typeof sqsConfig>;

const eventQueue = {
  provide: EventQueue,
  inject: [sqsConfig.KEY, Shutdown],
  useFactory: (config: SqsConfig, shutdown: Shutdown): EventQueue => {
    const client = sqsClient(config, REQUEST_MS);
    shutdown.onClose(() => client.destroy());
    return new SqsEventQueue(client, config.queueUrls);
  },
};

/** Sending: the outbox and its fast path, in both modes. */
@Global()
@Module({
  imports: [ConfigModule.forFeature(sqsConfig)],
  providers: [eventQueue, Outbox, OutboxPublisher, { provide: FastPath, useExisting: OutboxPublisher }],
  exports: [EventQueue, Outbox, OutboxPublisher],
})
export class QueueModule {}

/** Receiving: pollers, dispatcher, inbox and the outbox relay, in the worker only. */
@Global()
@Module({
  imports: [
    SqsModule.registerAsync({
      imports: [ConfigModule.forFeature(sqsConfig), ConfigModule.forFeature(pollingConfig)],
      inject: [sqsConfig.KEY, pollingConfig.KEY],
      useFactory: (config: SqsConfig, { waitSeconds }: ConfigType<typeof pollingConfig>) => ({
        consumers: consumerOptions({ sqs: sqsClient(config, RECEIVE_MS), waitSeconds, ...config }),
        producers: [],
        globalStopOptions: { abort: true },
      }),
    }),
  ],
  providers: [Inbox, MessageHandlers, QueueDispatcher, OutboxRelay, ...pollerProviders],
  exports: [MessageHandlers],
})
export class QueueWorkerModule {}

function sqsClient(config: SqsConfig, requestMs: number): SQSClient {
  return new SQSClient({
    region: config.region,
    maxAttempts: ATTEMPTS,
    requestHandler: { requestTimeout: requestMs, connectionTimeout: CONNECT_MS, throwOnRequestTimeout: true },
    ...(config.endpoint !== undefined && { endpoint: config.endpoint }),
  });
}
