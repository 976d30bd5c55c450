import { Injectable } from '@nestjs/common';
import { type CircuitBreakerPolicy, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { watchBreaker } from '../telemetry/breaker-gauge';

const FAILURES_TO_OPEN = 3;
const RETRY_AFTER_MS = 1_000;

/**
 * One breaker for everything that asks Redis: a hanging Redis costs three commands their 50 ms, then one a second,
 * and nobody else waits.
 */
@Injectable()
export class RedisBreaker {
  private readonly breaker: CircuitBreakerPolicy = circuitBreaker(handleAll, {
    halfOpenAfter: RETRY_AFTER_MS,
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
  });

  constructor() {
    watchBreaker('redis', this.breaker);
  }

  /** Asks Redis, or else the fallback. The fallback's errors are the caller's. */
  async ask<Result>(redis: () => Promise<Result>, fallback: () => Promise<Result>): Promise<Result> {
    try {
      return await this.breaker.execute(redis);
    } catch {
      return fallback();
    }
  }
}
