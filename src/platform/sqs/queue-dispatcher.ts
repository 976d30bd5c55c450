import type { Message } from '@aws-sdk/client-sqs';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { QueueName } from '../../shared/message';
import { runInContext } from '../../shared/request-context';
import { withoutValues } from '../logging/log-format';
import { backOffSeconds } from './back-off';
import { type Delivery, readDeliveries } from './delivery';
import { EventQueue } from './event-queue';
import { Inbox } from './inbox';
import { MessageHandlers, TryAgainLater } from './message-handlers';
import { keepInvisible, VISIBILITY_SECONDS } from './visibility';

/** Below the task's stop time-out of 110 s: what is still running then is killed, and delivered again. */
const DRAIN_MS = 100_000;

interface Failure {
  readonly reason: string;
  readonly delaySeconds: number;
}

interface Outcome {
  readonly delivery: Delivery;
  /** Undefined when the message is done. */
  readonly failure: Failure | undefined;
}

/**
 * One batch of one queue from receipt to acknowledgement: inbox check, handlers side by side, then one call that
 * deletes what is done and one that postpones what failed.
 */
@Injectable()
export class QueueDispatcher implements BeforeApplicationShutdown {
  private readonly logger = new Logger(QueueDispatcher.name);
  private readonly inHand = new Set<Promise<void>>();

  constructor(
    private readonly queue: EventQueue,
    private readonly inbox: Inbox,
    private readonly handlers: MessageHandlers,
  ) {}

  /** Never rejects: a failure leaves the messages to their visibility timeout. */
  async dispatch(queue: QueueName, messages: readonly Message[]): Promise<void> {
    const deliveries = readDeliveries(messages);
    const unreadable = messages.length - deliveries.length;
    if (unreadable > 0) this.logger.error({ queue, count: unreadable }, 'messages without a readable envelope');
    const work = this.work(queue, deliveries).catch((err) =>
      this.logger.error({ err, queue }, 'a batch failed as a whole'),
    );
    this.inHand.add(work);
    await work.finally(() => this.inHand.delete(work));
  }

  /** The pollers were stopped before; what they still had in hand is finished here. */
  async beforeApplicationShutdown(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const bound = new Promise((resolve) => {
      timer = setTimeout(resolve, DRAIN_MS);
    });
    await Promise.race([Promise.allSettled(this.inHand), bound]);
    clearTimeout(timer);
  }

  private async work(queue: QueueName, deliveries: readonly Delivery[]): Promise<void> {
    // the queue may hand out one message twice in a batch: one of the two is enough
    const byId = new Map(deliveries.map((delivery) => [delivery.envelope.id, delivery]));
    const { claimed, done } = await this.inbox.claim([...byId.keys()], VISIBILITY_SECONDS);
    const mine = [...byId.values()].filter((delivery) => claimed.has(delivery.envelope.id));
    const stopHeartbeat = keepInvisible(this.queue, this.inbox, queue, mine);
    const outcomes = await Promise.all(
      mine.map((delivery) => this.handle(queue, delivery, claimed.get(delivery.envelope.id) ?? 1)),
    );
    await stopHeartbeat();
    const handledBefore = deliveries.filter((delivery) => done.has(delivery.envelope.id));
    await this.settle(queue, outcomes, handledBefore);
  }

  private async handle(queue: QueueName, delivery: Delivery, attempt: number): Promise<Outcome> {
    const { id: messageId, type: messageType, correlationId, traceparent, occurredAt } = delivery.envelope;
    return runInContext({ correlationId, traceparent }, async () => {
      const started = performance.now();
      const line = () => ({
        queue,
        messageId,
        messageType,
        attempt,
        durationMs: Math.round(performance.now() - started),
      });
      try {
        const context = { messageId, attempt, occurredAt: new Date(occurredAt) };
        await this.handlers.handle(delivery.envelope, context);
        this.logger.log(line(), 'message handled');
        return { delivery, failure: undefined };
      } catch (err) {
        const failure = toFailure(err, delivery.receives);
        const { delaySeconds, reason } = failure;
        if (err instanceof TryAgainLater) {
          this.logger.log({ ...line(), delaySeconds, reason }, 'message postponed');
        } else {
          this.logger.error({ ...line(), delaySeconds, err }, 'message failed');
        }
        return { delivery, failure };
      }
    });
  }

  /** First the inbox, then the queue: a message deleted before it counts as done could be lost, never the other way. */
  private async settle(
    queue: QueueName,
    outcomes: readonly Outcome[],
    handledBefore: readonly Delivery[],
  ): Promise<void> {
    const done = outcomes.flatMap(({ delivery, failure }) => (failure === undefined ? delivery : []));
    const failed = outcomes.flatMap(({ delivery, failure }) =>
      failure === undefined ? [] : { ...delivery, ...failure, seconds: failure.delaySeconds },
    );
    await this.inbox.complete(done.map((delivery) => delivery.envelope.id));
    await this.inbox.fail(failed.map(({ envelope, reason }) => ({ messageId: envelope.id, reason })));
    await Promise.all([
      this.queue.acknowledge(queue, [...done, ...handledBefore]),
      this.queue.postpone(queue, failed),
    ]);
  }
}

function toFailure(error: unknown, receives: number): Failure {
  const reason = error instanceof Error ? `${error.name}: ${withoutValues(error.message)}` : 'unknown';
  const delaySeconds = error instanceof TryAgainLater ? error.delaySeconds : backOffSeconds(receives);
  return { reason, delaySeconds };
}
