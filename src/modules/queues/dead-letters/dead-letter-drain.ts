import { Injectable, Logger } from '@nestjs/common';
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
    const drained = await Promise.allSettled(QUEUES.map((queue) => this.drainQueue(queue)));
    for (const result of drained) {
      if (result.status === 'rejected') this.logger.warn({ err: result.reason }, 'draining a queue failed');
    }
    return drained.some((result) => result.status === 'fulfilled' && result.value === MAX_BATCH);
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
