import { Global, Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { sqsConfig } from '../../config/slices';
import { Shutdown } from '../lifecycle/shutdown';
import { EventQueue } from './event-queue';
import { FastPath } from './fast-path';
import { InboxRecords } from './inbox-records';
import { Outbox } from './outbox';
import { OutboxPublisher } from './outbox-publisher';
import { SqsEventQueue } from './sqs.event-queue';
import { sqsClient } from './sqs-client';

const REQUEST_MS = 3_000;

const eventQueue = {
  provide: EventQueue,
  inject: [sqsConfig.KEY, Shutdown],
  useFactory: (config: ConfigType<typeof sqsConfig>, shutdown: Shutdown): EventQueue => {
    const queue = new SqsEventQueue(() => sqsClient(config, REQUEST_MS), config.queueUrls);
    shutdown.onClose(() => queue.close());
    return queue;
  },
};

/** Sending: the outbox and its fast path, in both modes. */
@Global()
@Module({
  imports: [ConfigModule.forFeature(sqsConfig)],
  providers: [
    eventQueue,
    Outbox,
    OutboxPublisher,
    { provide: FastPath, useExisting: OutboxPublisher },
    InboxRecords,
  ],
  exports: [EventQueue, Outbox, OutboxPublisher, InboxRecords],
})
export class QueueModule {}
