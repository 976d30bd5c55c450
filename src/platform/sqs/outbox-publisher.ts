import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../shared/clock';
import { QUEUES, type QueueName } from '../../shared/message';
import { Database } from '../database/database';
import { Shutdown } from '../lifecycle/shutdown';
import { EventQueue, MAX_BATCH, type OutgoingMessage } from './event-queue';
import { FastPath } from './fast-path';
import type { OutboxTables } from './outbox.tables';

interface Pace {
  /** What comes one by one waits for others: a call to the queue costs ten times what taking an event in does. */
  readonly lingerMs: number;
  /** More than this waits for the relay: the queue is slow or away, or the web has better to do in a burst. */
  readonly mostWaiting: number;
}

const PACES: Readonly<Record<QueueName, Pace>> = {
  'push-notifications': { lingerMs: 0, mostWaiting: 1_000 },
  'webhook-events': { lingerMs: 100, mostWaiting: MAX_BATCH },
  'background-jobs': { lingerMs: 0, mostWaiting: 1_000 },
};
const PAUSE_AFTER_FAILURE_MS = 1_000;
/** A burst that takes longer is the relay's: it looks at rows after 2 s, and nothing should be sent twice. */
const HOLD_MS = 1_500;

/**
 * The fast path: batches what was just committed and sends it without anybody waiting. It may lose what it holds at
 * any moment; the rows are still there for the relay.
 */
@Injectable()
export class OutboxPublisher extends FastPath {
  private readonly logger = new Logger(OutboxPublisher.name);
  private readonly waiting = new Map<QueueName, OutgoingMessage[]>(QUEUES.map((queue) => [queue, []]));
  private readonly sending = new Map<QueueName, Promise<void>>();
  private pausedUntil = 0;

  constructor(
    private readonly queue: EventQueue,
    private readonly database: Database,
    private readonly clock: Clock,
    shutdown: Shutdown,
  ) {
    super();
    shutdown.onFlush(() => Promise.allSettled(this.sending.values()));
  }

  publishSoon(queue: QueueName, message: OutgoingMessage): void {
    const waiting = this.waiting.get(queue);
    if (waiting === undefined || performance.now() < this.pausedUntil) return;
    if (waiting.length >= PACES[queue].mostWaiting) return;
    waiting.push(message);
    if (this.sending.has(queue)) return;
    this.sending.set(
      queue,
      this.drain(queue, waiting).finally(() => this.sending.delete(queue)),
    );
  }

  /**
   * Sends one batch and marks what the queue took.
   * @returns how many were published
   * @throws Error when the queue can't be reached
   */
  async publish(queue: QueueName, messages: readonly OutgoingMessage[]): Promise<number> {
    const taken = await this.queue.send(queue, messages);
    const refused = messages.length - taken.size;
    if (refused > 0) this.logger.error({ queue, count: refused }, 'the queue refused messages');
    if (taken.size === 0) return 0;
    await this.database
      .tables<OutboxTables>()
      .updateTable('loopin.outbox')
      .set({ published_at: this.clock.now() })
      .where('id', '=', (eb) => eb.fn.any(eb.val([...taken])))
      .execute();
    return taken.size;
  }

  private async drain(queue: QueueName, waiting: OutgoingMessage[]): Promise<void> {
    // what the same tick commits goes in the same batch
    await Promise.resolve();
    const { lingerMs } = PACES[queue];
    let until = performance.now() + HOLD_MS;
    while (waiting.length > 0) {
      if (lingerMs > 0) await delay(lingerMs);
      if (performance.now() > until) {
        waiting.length = 0;
        return;
      }
      const batch = waiting.splice(0, MAX_BATCH);
      // what comes from now on has not waited yet: a steady flow is no burst
      if (waiting.length === 0) until = performance.now() + HOLD_MS;
      try {
        await this.publish(queue, batch);
      } catch (err) {
        waiting.length = 0;
        this.pausedUntil = performance.now() + PAUSE_AFTER_FAILURE_MS;
        this.logger.warn({ err, queue }, 'publishing failed: the relay takes over');
      }
    }
  }
}
