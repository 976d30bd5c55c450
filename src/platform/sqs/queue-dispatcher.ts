import type { Message } from '@aws-sdk/client-sqs';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { QueueName } from '../../shared/message';
import { DatabaseUnavailable } from '../database/database.errors';
import { reportError } from '../sentry/reporting';
import { tellFailure } from '../sentry/tell-failure';
import { backOffSeconds } from './back-off';
import { type Delivery, type ReceivedMessage, readDeliveries } from './delivery';
import { EventQueue } from './event-queue';
import { type Failure, HandlerRun } from './handler-run';
import { type Claimed, Inbox } from './inbox';
import { Outbox } from './outbox';
import { PollingGate } from './polling-gate';
import { keepInvisible, LEASE_SECONDS } from './visibility';

/** Below the task's stop time-out of 110 s: what is still running then is killed, and delivered again. */
const DRAIN_MS = 100_000;
/** Of the five receives after which a message is a dead letter. */
const SPENT_RECEIVES = 3;
const MOST_KILLED_ATTEMPTS = 20;

interface Outcome {
  readonly delivery: Delivery;
  /** Undefined when the message is done. */
  readonly failure: Failure | undefined;
}

type Postponed = Delivery & { readonly seconds: number };

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
    private readonly handler: HandlerRun,
    private readonly outbox: Outbox,
    private readonly gate: PollingGate,
  ) {}

  /** Never rejects: a failure leaves the messages to their visibility timeout. */
  async dispatch(queue: QueueName, messages: readonly Message[]): Promise<void> {
    const { deliveries, unreadable } = readDeliveries(queue, messages);
    if (unreadable.length > 0) await this.postponeUnreadable(queue, unreadable);
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
    const renewed = await this.renew(queue, [...byId.values()], claimed);
    const mine = [...byId.values()].filter(
      ({ envelope }) => claimed.has(envelope.id) && !renewed.has(envelope.id),
    );
    const stopHeartbeat = keepInvisible(this.queue, this.inbox, queue, mine);
    const outcomes = await Promise.all(
      mine.map(async (delivery): Promise<Outcome> => {
        const attempt = claimed.get(delivery.envelope.id)?.attempt ?? 1;
        return { delivery, failure: await this.handler.run(queue, delivery, attempt) };
      }),
    );
    await stopHeartbeat();
    const kept = await this.settle(queue, outcomes);
    const keptIds = new Set(kept.map(({ envelope }) => envelope.id));
    const over = new Set([...done, ...claimed.keys()].filter((id) => !keptIds.has(id)));
    await this.queue.acknowledge(
      queue,
      deliveries.filter((delivery) => over.has(delivery.envelope.id)),
    );
    await this.queue.postpone(queue, kept);
  }

  /**
   * The queue counts receives, and gives a message up after five: also one that never failed, whose holders were
   * killed. Such a one goes back through the outbox before that; what keeps killing its process does not for ever.
   */
  private async renew(
    queue: QueueName,
    deliveries: readonly Delivery[],
    claimed: ReadonlyMap<string, Claimed>,
  ): Promise<ReadonlySet<string>> {
    const spent = deliveries.filter(({ envelope, receives }) => {
      const claim = claimed.get(envelope.id);
      return claim?.onlyKilled && receives >= SPENT_RECEIVES && claim.attempt < MOST_KILLED_ATTEMPTS;
    });
    const ids = spent.map(({ envelope }) => envelope.id);
    await this.outbox.sendAgain(
      queue,
      spent.map(({ envelope, groupId }) => ({ envelope, groupId, seconds: 0 })),
    );
    await this.inbox.release(ids);
    return new Set(ids);
  }

  /**
   * Our own rows first: a message that is deleted before it counts as done could be lost, never the other way.
   * @returns the messages that stay in the queue, to be postponed
   */
  private async settle(queue: QueueName, outcomes: readonly Outcome[]): Promise<readonly Postponed[]> {
    const done = outcomes.filter(isDone).map(({ delivery }) => delivery.envelope.id);
    const failures = outcomes.flatMap(({ delivery, failure }) =>
      failure === undefined ? [] : { ...delivery, ...failure, seconds: failure.delaySeconds },
    );
    await this.inbox.complete(done);
    await this.inbox.fail(
      failures.map(({ envelope, reason, code }) => ({ messageId: envelope.id, reason, code })),
    );
    await this.outbox.sendAgain(
      queue,
      failures.filter((failure) => failure.expected),
    );
    return failures.filter((failure) => !failure.expected);
  }

  /** Of another release, or nothing of ours: after its receives the queue moves it to the dead letters. */
  private async postponeUnreadable(queue: QueueName, unreadable: readonly ReceivedMessage[]): Promise<void> {
    this.logger.error({ queue, count: unreadable.length }, 'messages without a readable envelope');
    await this.postpone(queue, unreadable);
  }

  /** The batch could not be worked on at all: most likely the database is away. */
  private async giveBack(queue: QueueName, deliveries: readonly Delivery[], err: unknown): Promise<void> {
    this.logger.error({ err, queue, count: deliveries.length }, 'a batch failed as a whole');
    reportError(err, { queue });
    if (err instanceof DatabaseUnavailable) this.gate.close();
    await this.postpone(queue, deliveries);
  }

  private async postpone(queue: QueueName, messages: readonly ReceivedMessage[]): Promise<void> {
    const postponed = messages.map((message) => ({ ...message, seconds: backOffSeconds(message.receives) }));
    await this.queue
      .postpone(queue, postponed)
      .catch((err) => tellFailure(this.logger, err, 'postponing failed', { queue }));
  }
}

const isDone = (outcome: Outcome): boolean => outcome.failure === undefined;
