import { QUEUES, type QueueName } from '../../shared/message';

/** How many messages a worker handles at a time, and how many places of these each queue can always have. */
export interface SlotPlan {
  readonly total: number;
  readonly guaranteed: Readonly<Record<QueueName, number>>;
}

/**
 * Push comes with three pollers of ten: it is never short of places but when others took them first, and gets the next
 * ones then. What is guaranteed to the others is enough for none of them to stand still.
 */
const PLAN: SlotPlan = {
  total: 40,
  guaranteed: { 'push-notifications': 10, 'webhook-events': 4, 'background-jobs': 4 },
};

/**
 * The places of one worker, shared by its queues. A place that is free goes to the first in the order of `QUEUES`
 * that waits (push, then webhooks, then jobs), and is kept only for a queue that has less than it is guaranteed.
 */
export class HandlerSlots {
  private readonly running = new Map<QueueName, number>(QUEUES.map((queue) => [queue, 0]));
  private readonly waiting = new Map<QueueName, (() => void)[]>(QUEUES.map((queue) => [queue, []]));

  constructor(private readonly plan: SlotPlan = PLAN) {}

  async run<Result>(queue: QueueName, work: () => Promise<Result>): Promise<Result> {
    await this.take(queue);
    try {
      return await work();
    } finally {
      this.running.set(queue, this.countOf(queue) - 1);
      this.fill();
    }
  }

  private take(queue: QueueName): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.get(queue)?.push(resolve);
      this.fill();
    });
  }

  /** The place is taken before its waiter runs: two of them never get the same one. */
  private fill(): void {
    for (const queue of QUEUES) {
      for (;;) {
        const next = this.mayStart(queue) ? this.waiting.get(queue)?.shift() : undefined;
        if (next === undefined) break;
        this.running.set(queue, this.countOf(queue) + 1);
        next();
      }
    }
  }

  /** What the others are still short of stays free for them. */
  private mayStart(queue: QueueName): boolean {
    const others = QUEUES.filter((other) => other !== queue);
    const kept = others.map((other) => Math.max(0, this.plan.guaranteed[other] - this.countOf(other)));
    const taken = QUEUES.map((one) => this.countOf(one));
    return sum(taken) + sum(kept) < this.plan.total;
  }

  private countOf(queue: QueueName): number {
    return this.running.get(queue) ?? 0;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
