import { setTimeout as delay } from 'node:timers/promises';

/** Lets somebody wait until so many more attempts are over. */
export class Pace {
  private readonly waiting = new Set<{ left: number; resolve: () => void }>();

  /** Another one is over. */
  count(): void {
    for (const one of this.waiting) {
      one.left -= 1;
      if (one.left <= 0) one.resolve();
    }
  }

  /** @returns once that many more are over, or after `longestMs` */
  async wait(many: number, longestMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const one = { left: many, resolve };
    this.waiting.add(one);
    const late = new AbortController();
    const timer = delay(longestMs, undefined, { signal: late.signal }).catch(() => undefined);
    await Promise.race([promise, timer]);
    late.abort();
    this.waiting.delete(one);
  }
}
