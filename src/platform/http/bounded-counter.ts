import { LRUCache } from 'lru-cache';
import { RateLimiterRes } from 'rate-limiter-flexible';

const MAX_KEYS = 50_000;

interface Window {
  readonly endsAt: number;
  consumed: number;
}

/** Counts in this process while Redis is away. Bounded: whoever floods it with keys pushes out the oldest, not us. */
export class BoundedCounter {
  private readonly windows = new LRUCache<string, Window>({ max: MAX_KEYS });

  constructor(
    private readonly points: number,
    private readonly windowSeconds: number,
  ) {}

  /** @throws RateLimiterRes when no point is left, like the library's counters */
  async consume(key: string): Promise<RateLimiterRes> {
    const now = performance.now();
    const known = this.windows.get(key);
    const window =
      known !== undefined && now < known.endsAt
        ? known
        : { endsAt: now + this.windowSeconds * 1000, consumed: 0 };
    window.consumed += 1;
    this.windows.set(key, window);
    const remaining = Math.max(0, this.points - window.consumed);
    const state = new RateLimiterRes(remaining, Math.round(window.endsAt - now), window.consumed);
    if (window.consumed > this.points) throw state;
    return state;
  }
}
