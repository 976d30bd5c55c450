import { createCache, memoryStore, type Cache as StoreCache } from 'cache-manager';
import { redisInsStore } from 'cache-manager-ioredis-yet';
import type { Redis } from 'ioredis';
import { count } from '../telemetry/meter';
import { Cache } from './cache';
import type { RedisBreaker } from './redis-breaker';

const MEMORY_ENTRIES = 10_000;

/** Redis through cache-manager; this process's memory while Redis is away. */
export class RedisCache extends Cache {
  private readonly redis: StoreCache;
  private readonly memory: StoreCache;

  constructor(
    private readonly client: Redis,
    private readonly breaker: RedisBreaker,
  ) {
    super();
    this.redis = createCache(redisInsStore(client));
    this.memory = createCache(memoryStore({ max: MEMORY_ENTRIES, ttl: 0 }));
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    return this.breaker.ask(
      async () => noted('redis', await this.redis.get<Value>(key)),
      async () => noted('memory', await this.memory.get<Value>(key)),
    );
  }

  async set<Value>(key: string, value: Value, ttlSeconds: number): Promise<void> {
    await this.ask((store) => store.set(key, value, ttlSeconds * 1000));
  }

  async setIfAbsent<Value>(key: string, value: Value, ttlSeconds: number): Promise<void> {
    await this.breaker.ask(
      // the store has no such command; it keeps values as JSON
      async () => void (await this.client.set(key, JSON.stringify(value), 'PX', ttlSeconds * 1000, 'NX')),
      async () => {
        if ((await this.memory.get(key)) === undefined) await this.memory.set(key, value, ttlSeconds * 1000);
      },
    );
  }

  private ask<Result>(use: (store: StoreCache) => Promise<Result>): Promise<Result> {
    return this.breaker.ask(
      () => use(this.redis),
      () => use(this.memory),
    );
  }
}

function noted<Value>(store: 'redis' | 'memory', value: Value | undefined): Value | undefined {
  count('loopin_cache_reads_total', { store, outcome: value === undefined ? 'miss' : 'hit' });
  return value;
}
