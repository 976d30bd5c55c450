import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { sql } from 'kysely';
import { Clock } from '../../shared/clock';
import { QUEUES, type QueueName } from '../../shared/message';
import { Database } from '../database/database';
import { Shutdown } from '../lifecycle/shutdown';
import { EventQueue, MAX_BATCH } from './event-queue';
import { FastPath, type PendingMessage } from './fast-path';

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
  private readonly waiting = new Map<QueueName, PendingMessage[]>(QUEUES.map((queue) => [queue, []]));
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

  publishSoon(queue: QueueName, message: PendingMessage): void {
    const waiting = this.waiting.get(queue);
    if (waiting === undefined || performance.now() < this.pausedUntil) return;
    if (waiting.length >= PACES[queue].mostWaiting) return;
    waiting.push(message);
    if (this.sending.has(queue)) return;
    this.sending.set(queue, this.drain(queue, waiting));
  }

  /**
   * Sends one batch and marks what the queue took.
   * @returns how many the queue took
   * @throws Error when the queue can't be reached
   */
  async publish(queue: QueueName, messages: readonly PendingMessage[]): Promise<number> {
    const taken = await this.queue.send(queue, messages);
    const refused = messages.length - taken.size;
    if (refused > 0) this.logger.error({ queue, count: refused }, 'the queue refused messages');
    await this.mark(messages.filter(({ id }) => taken.has(id)));
    return taken.size;
  }

  /** A worker may be faster than the queue's answer: what it has put back by now is to be sent again, and stays so. */
  private async mark(sent: readonly PendingMessage[]): Promise<void> {
    if (sent.length === 0) return;
    await sql`
      update loopin.outbox as o
      set published_at = ${this.clock.now()}
      from unnest(
        ${sent.map(({ id }) => id)}::uuid[],
        ${sent.map(({ claimableAt }) => claimableAt)}::timestamptz[]
      ) as m(id, claimable_at)
      where o.id = m.id
        and o.claimable_at = m.claimable_at`.execute(this.database.tables());
  }

  private async drain(queue: QueueName, waiting: PendingMessage[]): Promise<void> {
    // what the same tick commits goes in the same batch
    await Promise.resolve();
    const { lingerMs } = PACES[queue];
    let until = performance.now() + HOLD_MS;
    while (waiting.length > 0) {
      if (lingerMs > 0) await delay(lingerMs);
      if (performance.now() > until) {
        waiting.length = 0;
        break;
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
    // in the same breath as the last look: what comes right after it must not wait for the next
    this.sending.delete(queue);
  }
}
