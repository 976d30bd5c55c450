import { createCache, memoryStore, type Cache as StoreCache } from 'cache-manager';
import { redisInsStore } from 'cache-manager-ioredis-yet';
import type { Redis } from 'ioredis';
import { Cache } from './cache';
import type { RedisBreaker } from './redis-breaker';

const MEMORY_ENTRIES = 10_000;

/** Redis through cache-manager; this process's memory while Redis is away. */
export class RedisCache extends Cache {
  private readonly redis: StoreCache;
  private readonly memory: StoreCache;

  constructor(
    redis: Redis,
    private readonly breaker: RedisBreaker,
  ) {
    super();
    this.redis = createCache(redisInsStore(redis));
    this.memory = createCache(memoryStore({ max: MEMORY_ENTRIES, ttl: 0 }));
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    return this.ask((store) => store.get<Value>(key));
  }

  async set<Value>(key: string, value: Value, ttlSeconds: number): Promise<void> {
    await this.ask((store) => store.set(key, value, ttlSeconds * 1000));
  }

  async delete(key: string): Promise<void> {
    await this.memory.del(key);
    await this.ask((store) => store.del(key));
  }

  private ask<Result>(use: (store: StoreCache) => Promise<Result>): Promise<Result> {
    return this.breaker.ask(
      () => use(this.redis),
      () => use(this.memory),
    );
  }
}
