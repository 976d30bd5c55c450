import { Global, Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { SqsModule } from '@ssut/nestjs-sqs';
import { pollingConfig, sqsConfig } from '../../config/slices';
import { Shutdown } from '../lifecycle/shutdown';
import { DeadLetterQueue } from './dead-letter-queue';
import { HandlerRun } from './handler-run';
import { HandlerSlots } from './handler-slots';
import { Inbox } from './inbox';
import { MessageHandlers } from './message-handlers';
import { OutboxAge } from './outbox-age';
import { OutboxRelay } from './outbox-relay';
import { PollingGate, PollingGateModule } from './polling-gate';
import { QueueDispatcher } from './queue-dispatcher';
import { consumerOptions, pollerProviders } from './queue-pollers';
import { SqsDeadLetterQueue } from './sqs.dead-letter-queue';
import { sqsClient } from './sqs-client';

/** A long poll is held for up to 20 s by the queue itself. */
const RECEIVE_MS = 25_000;
const REQUEST_MS = 5_000;

const deadLetterQueue = {
  provide: DeadLetterQueue,
  inject: [sqsConfig.KEY, Shutdown],
  useFactory: async (config: ConfigType<typeof sqsConfig>, shutdown: Shutdown): Promise<DeadLetterQueue> => {
    const client = await sqsClient(config, REQUEST_MS);
    shutdown.onClose(() => client.destroy());
    return new SqsDeadLetterQueue(client, config.queueUrls);
  },
};

/** Receiving: pollers, dispatcher, inbox and the outbox relay, in the worker only. */
@Global()
@Module({
  imports: [
    PollingGateModule,
    ConfigModule.forFeature(sqsConfig),
    SqsModule.registerAsync({
      imports: [
        PollingGateModule,
        ConfigModule.forFeature(sqsConfig),
        ConfigModule.forFeature(pollingConfig),
      ],
      inject: [sqsConfig.KEY, pollingConfig.KEY, PollingGate],
      useFactory: async (
        config: ConfigType<typeof sqsConfig>,
        { waitSeconds }: ConfigType<typeof pollingConfig>,
        gate: PollingGate,
      ) => ({
        consumers: consumerOptions({
          sqs: await sqsClient(config, RECEIVE_MS),
          waitSeconds,
          gate,
          ...config,
        }),
        producers: [],
        globalStopOptions: { abort: true },
      }),
    }),
  ],
  providers: [
    Inbox,
    { provide: HandlerSlots, useFactory: () => new HandlerSlots() },
    MessageHandlers,
    HandlerRun,
    QueueDispatcher,
    OutboxRelay,
    OutboxAge,
    deadLetterQueue,
    ...pollerProviders,
  ],
  exports: [MessageHandlers, DeadLetterQueue],
})
export class QueueWorkerModule {}
