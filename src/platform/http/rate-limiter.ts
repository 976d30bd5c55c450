import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { webConfig } from '../../config/slices';
import { RedisBreaker } from '../redis/redis-breaker';
import { BoundedCounter } from './bounded-counter';
import { RateLimited } from './http.errors';
import type { LimitedRequest, RateLimit } from './rate-limit';

/** The two fields of draft-ietf-httpapi-ratelimit-headers. */
export interface RateLimitFields {
  readonly policy: string;
  readonly limit: string;
}

interface Counters {
  readonly shared: RateLimiterRedis;
  readonly own: BoundedCounter;
}

interface Count {
  readonly limit: RateLimit;
  readonly state: RateLimiterRes;
  readonly exceeded: boolean;
}

/** Counts in Redis; while Redis is away each process counts for itself, so limits stay on and nobody waits. */
@Injectable()
export class RateLimiter {
  private readonly counters = new Map<string, Counters>();

  constructor(
    private readonly redis: Redis,
    private readonly breaker: RedisBreaker,
    @Inject(webConfig.KEY) private readonly config: ConfigType<typeof webConfig>,
  ) {}

  /**
   * Takes a point of each limit in turn: one that is exceeded spares those behind it.
   * @returns the fields of the limit that has the least left
   * @throws RateLimited with the time to wait when one has none left
   */
  async consume(limits: readonly RateLimit[], request: LimitedRequest): Promise<RateLimitFields | undefined> {
    let tightest: Count | undefined;
    for (const limit of limits) {
      const key = limit.key(request);
      if (key === undefined) continue;
      const count = await this.take(limit, key);
      if (count.exceeded) {
        throw new RateLimited(Math.max(1, Math.ceil(count.state.msBeforeNext / 1000)), this.fields(count));
      }
      if (tightest === undefined || count.state.remainingPoints < tightest.state.remainingPoints)
        tightest = count;
    }
    return tightest && this.fields(tightest);
  }

  private async take(limit: RateLimit, key: string): Promise<Count> {
    const { shared, own } = this.countersOf(limit);
    if (limit.perProcess) return count(limit, own.consume(key));
    return this.breaker.ask(
      () => count(limit, shared.consume(key)),
      () => count(limit, own.consume(key)),
    );
  }

  private countersOf(limit: RateLimit): Counters {
    const known = this.counters.get(limit.name);
    if (known !== undefined) return known;
    const options = {
      keyPrefix: `limit:${limit.name}`,
      points: limit.points * this.config.rateLimitScale,
      duration: limit.windowSeconds,
    };
    const shared = new RateLimiterRedis({ ...options, storeClient: this.redis, rejectIfRedisNotReady: true });
    const counters = { shared, own: new BoundedCounter(options.points, options.duration) };
    this.counters.set(limit.name, counters);
    return counters;
  }

  private fields({ limit, state }: Count): RateLimitFields {
    const seconds = Math.ceil(state.msBeforeNext / 1000);
    const quota = limit.points * this.config.rateLimitScale;
    return {
      policy: `"${limit.name}";q=${quota};w=${limit.windowSeconds}`,
      limit: `"${limit.name}";r=${Math.max(0, state.remainingPoints)};t=${seconds}`,
    };
  }
}

/** The library rejects with the state when there is no point left, and with an error when Redis is away. */
async function count(limit: RateLimit, consumed: Promise<RateLimiterRes>): Promise<Count> {
  try {
    return { limit, state: await consumed, exceeded: false };
  } catch (state) {
    if (state instanceof RateLimiterRes) return { limit, state, exceeded: true };
    throw state;
  }
}
