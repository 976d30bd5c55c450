import { Cache } from '../../src/platform/redis/cache';

/** A cache that forgets nothing. */
export class MemoryCache extends Cache {
  private readonly values = new Map<string, unknown>();

  async get<Value>(key: string): Promise<Value | undefined> {
    return this.values.get(key) as Value | undefined;
  }

  async set<Value>(key: string, value: Value): Promise<void> {
    this.values.set(key, value);
  }

  async setIfAbsent<Value>(key: string, value: Value): Promise<void> {
    if (!this.values.has(key)) this.values.set(key, value);
  }
}
