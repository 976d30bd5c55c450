import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Redis } from 'ioredis';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { webConfig } from '../../config/slices';
import { RateLimited } from './http.errors';
import type { LimitedRequest, RateLimit } from './rate-limit';

/** The two fields of draft-ietf-httpapi-ratelimit-headers. */
export interface RateLimitFields {
  readonly policy: string;
  readonly limit: string;
}

/** Counts in Redis; while Redis is away each process counts for itself, so limits stay on and nobody waits. */
@Injectable()
export class RateLimiter {
  private readonly limiters = new Map<string, RateLimiterAbstract>();

  constructor(
    private readonly redis: Redis,
    @Inject(webConfig.KEY) private readonly config: ConfigType<typeof webConfig>,
  ) {}

  /**
   * Takes a point of each limit.
   * @returns the fields of the limit that has the least left
   * @throws RateLimited with the time to wait when one has none left
   */
  async consume(limits: readonly RateLimit[], request: LimitedRequest): Promise<RateLimitFields | undefined> {
    let tightest: { limit: RateLimit; state: RateLimiterRes } | undefined;
    for (const limit of limits) {
      const key = limit.key(request);
      if (key === undefined) continue;
      const state = await this.take(limit, key);
      if (tightest === undefined || state.remainingPoints < tightest.state.remainingPoints) {
        tightest = { limit, state };
      }
    }
    return tightest && this.fields(tightest.limit, tightest.state);
  }

  private async take(limit: RateLimit, key: string): Promise<RateLimiterRes> {
    try {
      return await this.limiter(limit).consume(key);
    } catch (state) {
      if (!(state instanceof RateLimiterRes)) throw state;
      throw new RateLimited(Math.max(1, Math.ceil(state.msBeforeNext / 1000)), this.fields(limit, state));
    }
  }

  private limiter(limit: RateLimit): RateLimiterAbstract {
    const known = this.limiters.get(limit.name);
    if (known !== undefined) return known;
    const options = {
      keyPrefix: `limit:${limit.name}`,
      points: limit.points * this.config.rateLimitScale,
      duration: limit.windowSeconds,
    };
    const limiter = new RateLimiterRedis({
      ...options,
      storeClient: this.redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory(options),
    });
    this.limiters.set(limit.name, limiter);
    return limiter;
  }

  private fields(limit: RateLimit, state: RateLimiterRes): RateLimitFields {
    const seconds = Math.ceil(state.msBeforeNext / 1000);
    const quota = limit.points * this.config.rateLimitScale;
    return {
      policy: `"${limit.name}";q=${quota};w=${limit.windowSeconds}`,
      limit: `"${limit.name}";r=${Math.max(0, state.remainingPoints)};t=${seconds}`,
    };
  }
}
