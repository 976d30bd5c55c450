import { Injectable, Logger } from '@nestjs/common';
import { tellFailure } from '../../../platform/sentry/tell-failure';
import { DeadLetterQueue } from '../../../platform/sqs/dead-letter-queue';
import { MAX_BATCH } from '../../../platform/sqs/event-queue';
import { QUEUES, type QueueName } from '../../../shared/message';
import { Burials } from './burials';

/** Brings dead letters from where only a queue can be asked to where people can. */
@Injectable()
export class DeadLetterDrain {
  private readonly logger = new Logger(DeadLetterDrain.name);

  constructor(
    private readonly queue: DeadLetterQueue,
    private readonly burials: Burials,
  ) {}

  /** One batch of each queue. @returns whether there may be more; a queue that refuses keeps no other waiting */
  async drain(): Promise<boolean> {
    const drained = await Promise.all(
      QUEUES.map((queue) =>
        this.drainQueue(queue).catch((err) => {
          tellFailure(this.logger, err, 'draining a queue failed', { queue });
          return 0;
        }),
      ),
    );
    return drained.includes(MAX_BATCH);
  }

  /** Written first, removed then: who dies between finds it again, and writes nothing twice. */
  private async drainQueue(queue: QueueName): Promise<number> {
    const messages = await this.queue.receive(queue);
    if (messages.length === 0) return 0;
    await this.burials.bury(queue, messages);
    await this.queue.remove(queue, messages);
    this.logger.warn({ queue, count: messages.length }, 'messages became dead letters');
    return messages.length;
  }
}
