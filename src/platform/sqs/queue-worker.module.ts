import { Global, Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { SqsModule } from '@ssut/nestjs-sqs';
import { pollingConfig, sqsConfig } from '../../config/slices';
import { Inbox } from './inbox';
import { MessageHandlers } from './message-handlers';
import { OutboxRelay } from './outbox-relay';
import { PollingGate, PollingGateModule } from './polling-gate';
import { QueueDispatcher } from './queue-dispatcher';
import { consumerOptions, pollerProviders } from './queue-pollers';
import { sqsClient } from './sqs-client';

/** A long poll is held for up to 20 s by the queue itself. */
const RECEIVE_MS = 25_000;

/** Receiving: pollers, dispatcher, inbox and the outbox relay, in the worker only. */
@Global()
@Module({
  imports: [
    PollingGateModule,
    SqsModule.registerAsync({
      imports: [
        PollingGateModule,
        ConfigModule.forFeature(sqsConfig),
        ConfigModule.forFeature(pollingConfig),
      ],
      inject: [sqsConfig.KEY, pollingConfig.KEY, PollingGate],
      useFactory: (
        config: ConfigType<typeof sqsConfig>,
        { waitSeconds }: ConfigType<typeof pollingConfig>,
        gate: PollingGate,
      ) => ({
        consumers: consumerOptions({ sqs: sqsClient(config, RECEIVE_MS), waitSeconds, gate, ...config }),
        producers: [],
        globalStopOptions: { abort: true },
      }),
    }),
  ],
  providers: [Inbox, MessageHandlers, QueueDispatcher, OutboxRelay, ...pollerProviders],
  exports: [MessageHandlers],
})
export class QueueWorkerModule {}
