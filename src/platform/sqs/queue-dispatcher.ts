import type { Message } from '@aws-sdk/client-sqs';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { QueueName } from '../../shared/message';
import { runInContext } from '../../shared/request-context';
import { DatabaseUnavailable } from '../database/database.errors';
import { withoutValues } from '../logging/log-format';
import { backOffSeconds } from './back-off';
import { type Delivery, readDeliveries } from './delivery';
import { EventQueue } from './event-queue';
import { Inbox } from './inbox';
import { MessageHandlers, TryAgainLater } from './message-handlers';
import { Outbox } from './outbox';
import { PollingGate } from './polling-gate';
import { keepInvisible, LEASE_SECONDS } from './visibility';

/** Below the task's stop time-out of 110 s: what is still running then is killed, and delivered again. */
const DRAIN_MS = 100_000;

interface Failure {
  readonly reason: string;
  readonly delaySeconds: number;
  /** Asked for by the handler: the message waits in the outbox and costs no receive. */
  readonly expected: boolean;
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
    private readonly outbox: Outbox,
    private readonly gate: PollingGate,
  ) {}

  /** Never rejects: a failure leaves the messages to their visibility timeout. */
  async dispatch(queue: QueueName, messages: readonly Message[]): Promise<void> {
    const deliveries = readDeliveries(messages);
    const unreadable = messages.length - deliveries.length;
    if (unreadable > 0)
      this.logger.error({ queue, count: unreadable }, 'messages without a readable envelope');
    const work = this.work(queue, deliveries).catch((err) => this.giveBack(queue, deliveries, err));
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
    const { claimed, done } = await this.inbox.claim([...byId.keys()], LEASE_SECONDS);
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
        if (failure.expected) {
          this.logger.log({ ...line(), delaySeconds, reason }, 'message postponed');
        } else {
          this.logger.error({ ...line(), delaySeconds, err }, 'message failed');
        }
        return { delivery, failure };
      }
    });
  }

  /** First our own rows, then the queue: a message deleted before it counts as done could be lost, never the other way. */
  private async settle(
    queue: QueueName,
    outcomes: readonly Outcome[],
    handledBefore: readonly Delivery[],
  ): Promise<void> {
    const done = outcomes.flatMap(({ delivery, failure }) => (failure === undefined ? delivery : []));
    const failures = outcomes.flatMap(({ delivery, failure }) =>
      failure === undefined ? [] : { ...delivery, ...failure, seconds: failure.delaySeconds },
    );
    const later = failures.filter((failure) => failure.expected);
    await this.inbox.complete(done.map((delivery) => delivery.envelope.id));
    await this.inbox.fail(failures.map(({ envelope, reason }) => ({ messageId: envelope.id, reason })));
    await this.outbox.sendAgain(queue, later);
    await Promise.all([
      this.queue.acknowledge(queue, [...done, ...later, ...handledBefore]),
      this.queue.postpone(
        queue,
        failures.filter((failure) => !failure.expected),
      ),
    ]);
  }

  /** The batch could not be worked on at all: most likely the database is away. */
  private async giveBack(queue: QueueName, deliveries: readonly Delivery[], err: unknown): Promise<void> {
    this.logger.error({ err, queue, count: deliveries.length }, 'a batch failed as a whole');
    if (err instanceof DatabaseUnavailable) this.gate.close();
    const postponed = deliveries.map((delivery) => ({
      ...delivery,
      seconds: backOffSeconds(delivery.receives),
    }));
    await this.queue
      .postpone(queue, postponed)
      .catch((err) => this.logger.warn({ err, queue }, 'giving a batch back failed'));
  }
}

function toFailure(error: unknown, receives: number): Failure {
  const reason = error instanceof Error ? `${error.name}: ${withoutValues(error.message)}` : 'unknown';
  if (error instanceof TryAgainLater) return { reason, delaySeconds: error.delaySeconds, expected: true };
  return { reason, delaySeconds: backOffSeconds(receives), expected: false };
}
