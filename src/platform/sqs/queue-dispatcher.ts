import type { Message } from '@aws-sdk/client-sqs';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Envelope, type QueueName } from '../../shared/message';
import { runInContext } from '../../shared/request-context';
import { withoutValues } from '../logging/log-format';
import { backOffSeconds } from './back-off';
import { EventQueue, type Receipt } from './event-queue';
import { Inbox } from './inbox';
import { MessageHandlers, TryAgainLater } from './message-handlers';
import { keepInvisible, LEASE_SECONDS } from './visibility';

/** Below the task's stop time-out of 110 s: what is still running then is killed, and delivered again. */
const DRAIN_MS = 100_000;

interface Delivery extends Receipt {
  readonly envelope: Envelope | undefined;
  readonly receives: number;
}

type Outcome = { readonly delivery: Delivery } & (
  | { readonly done: true }
  | { readonly done: false; readonly reason: string; readonly delaySeconds: number }
);

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
    const work = this.work(queue, messages.map(toDelivery)).catch((err) =>
      this.logger.error({ err, queue }, 'a batch failed as a whole'),
    );
    this.inHand.add(work);
    await work.finally(() => this.inHand.delete(work));
  }

  /** The pollers were stopped before; what they still had in hand is finished here. */
  async beforeApplicationShutdown(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const bound = new Promise((resolve) => {
      timer = setTimeout(resolve, DRAIN_MS).unref();
    });
    await Promise.race([Promise.allSettled(this.inHand), bound]);
    clearTimeout(timer);
  }

  private async work(queue: QueueName, deliveries: readonly Delivery[]): Promise<void> {
    const readable = deliveries.filter((delivery) => delivery.envelope !== undefined);
    const ids = [...new Set(readable.map((delivery) => delivery.envelope?.id ?? ''))];
    const { claimed, done } = await this.inbox.claim(ids, LEASE_SECONDS);
    const running = new Map<string, Delivery>();
    for (const delivery of readable) {
      const id = delivery.envelope?.id ?? '';
      if (claimed.has(id) && !running.has(id)) running.set(id, delivery);
    }
    const stopHeartbeat = keepInvisible(this.queue, this.inbox, queue, running);
    const outcomes = await Promise.all(
      [...running].map(([id, delivery]) =>
        this.handle(queue, delivery, claimed.get(id) ?? 1).finally(() => running.delete(id)),
      ),
    );
    await stopHeartbeat();
    await this.settle(
      queue,
      outcomes,
      readable.filter((delivery) => done.has(delivery.envelope?.id ?? '')),
    );
    this.reportUnreadable(queue, deliveries.length - readable.length);
  }

  private async handle(queue: QueueName, delivery: Delivery, attempt: number): Promise<Outcome> {
    const { envelope } = delivery;
    if (envelope === undefined) throw new Error('an unreadable message is never handled');
    const { id: messageId, type: messageType, correlationId, traceparent, occurredAt } = envelope;
    return runInContext({ correlationId, traceparent }, async () => {
      const started = performance.now();
      const line = { queue, messageId, messageType, attempt };
      try {
        await this.handlers.handle(envelope, { messageId, attempt, occurredAt: new Date(occurredAt) });
        this.logger.log({ ...line, durationMs: since(started) }, 'message handled');
        return { delivery, done: true };
      } catch (err) {
        const later = err instanceof TryAgainLater;
        const delaySeconds = later ? err.delaySeconds : backOffSeconds(delivery.receives);
        const fields = { ...line, delaySeconds, durationMs: since(started) };
        if (later) this.logger.log({ ...fields, reason: err.message }, 'message postponed');
        else this.logger.error({ ...fields, err }, 'message failed');
        return { delivery, done: false, reason: reasonOf(err), delaySeconds };
      }
    });
  }

  private async settle(
    queue: QueueName,
    outcomes: readonly Outcome[],
    repeats: readonly Delivery[],
  ): Promise<void> {
    const done = outcomes.filter((outcome) => outcome.done).map((outcome) => outcome.delivery);
    const failed = outcomes.filter((outcome) => !outcome.done);
    // first the inbox: a message deleted before it counts as done could be handled twice, never the other way
    await this.inbox.complete(done.map((delivery) => delivery.envelope?.id ?? ''));
    await this.inbox.fail(
      failed.map((outcome) => ({ messageId: outcome.delivery.envelope?.id ?? '', reason: outcome.reason })),
    );
    await Promise.all([
      this.queue.acknowledge(queue, [...done, ...repeats]),
      this.queue.postpone(
        queue,
        failed.map((outcome) => ({ ...outcome.delivery, seconds: outcome.delaySeconds })),
      ),
    ]);
  }

  /** Nothing of ours: it stays until the queue moves it to its dead letters. */
  private reportUnreadable(queue: QueueName, count: number): void {
    if (count > 0) this.logger.error({ queue, count }, 'messages without a readable envelope');
  }
}

function toDelivery(message: Message): Delivery {
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    receives: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
    envelope: readEnvelope(message.Body ?? ''),
  };
}

function readEnvelope(body: string): Envelope | undefined {
  try {
    return Envelope.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

const since = (started: number): number => Math.round(performance.now() - started);

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${withoutValues(error.message)}` : 'unknown';
