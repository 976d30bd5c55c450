import { type Cache as StoreCache, createCache, memoryStore } from 'cache-manager';
import { redisInsStore } from 'cache-manager-ioredis-yet';
import { ConsecutiveBreaker, circuitBreaker, handleAll, type CircuitBreakerPolicy } from 'cockatiel';
import type { Redis } from 'ioredis';
import { Cache } from './cache';

const FAILURES_TO_OPEN = 3;
const RETRY_AFTER_MS = 1_000;
const MEMORY_ENTRIES = 10_000;

/** Redis through cache-manager, behind a breaker; this process's memory while the breaker is open. */
export class RedisCache extends Cache {
  private readonly redis: StoreCache;
  private readonly memory: StoreCache;
  private readonly breaker: CircuitBreakerPolicy = circuitBreaker(handleAll, {
    halfOpenAfter: RETRY_AFTER_MS,
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
  });

  constructor(redis: Redis) {
    super();
    this.redis = createCache(redisInsStore(redis));
    this.memory = createCache(memoryStore({ max: MEMORY_ENTRIES, ttl: 0 }));
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    return this.first((store) => store.get<Value>(key));
  }

  async set<Value>(key: string, value: Value, ttlSeconds: number): Promise<void> {
    await this.first((store) => store.set(key, value, ttlSeconds * 1000));
  }

  async delete(key: string): Promise<void> {
    await this.memory.del(key);
    await this.first((store) => store.del(key));
  }

  private async first<Result>(use: (store: StoreCache) => Promise<Result>): Promise<Result> {
    try {
      return await this.breaker.execute(() => use(this.redis));
    } catch {
      return use(this.memory);
    }
  }
}
