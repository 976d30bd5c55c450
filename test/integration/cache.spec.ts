import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RedisBreaker } from '../../src/platform/redis/redis-breaker';
import { RedisCache } from '../../src/platform/redis/redis-cache';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { waitFor } from '../support/wait-for';

jest.setTimeout(90_000);

describe('the cache on Redis', () => {
  let services: Services;
  let redis: Redis;
  let cache: RedisCache;

  beforeAll(async () => {
    services = await Services.start({ migrated: false });
    redis = services.redis();
    cache = new RedisCache(redis, new RedisBreaker());
    await waitFor('Redis', () => redis.status === 'ready', 30_000);
  });
  afterAll(() => services.stop());

  it('gives back what was set, to every process', async () => {
    const other = new RedisCache(services.redis(), new RedisBreaker());
    const key = randomUUID();
    await cache.set(key, { live: true }, 60);
    await waitFor('the other one', async () => (await other.get(key)) !== undefined, 30_000);
    expect(await other.get(key)).toEqual({ live: true });
    await other.set(key, 'newer', 60);
    expect(await cache.get(key)).toBe('newer');
  });

  it('sets where nothing stands, and only there', async () => {
    const key = randomUUID();
    await cache.setIfAbsent(key, 'first', 60);
    await cache.setIfAbsent(key, 'second', 60);
    expect(await cache.get(key)).toBe('first');
    expect(await redis.pttl(key)).toBeGreaterThan(50_000);
  });

  it('forgets after the time to live, in seconds', async () => {
    const key = randomUUID();
    await cache.set(key, 'x', 3);
    expect(await redis.pttl(key)).toBeGreaterThan(500);
    await waitFor('it to be forgotten', async () => (await cache.get(key)) === undefined, 30_000);
  });

  it('knows nothing of what was never set', async () => {
    expect(await cache.get(randomUUID())).toBeUndefined();
  });

  it.each([
    ['hangs', 'SIGSTOP'],
    ['is killed', 'SIGKILL'],
  ] as const)('goes on in memory while Redis %s, and most do not even ask it', async (_, signal) => {
    services.takeRedisAway(signal);
    const key = randomUUID();
    const asked = jest.spyOn(redis, 'sendCommand');
    for (const round of range(20)) await cache.set(key, round, 60);
    // each command would wait for its time-out
    expect(asked.mock.calls.length).toBeLessThan(20);
    asked.mockRestore();
    expect(await cache.get(key)).toBe(19);
    await cache.setIfAbsent(key, 'older', 60);
    expect(await cache.get(key)).toBe(19);
    if (signal === 'SIGSTOP') {
      process.kill(services.local.pid('redis'), 'SIGCONT');
      await waitFor(
        'Redis again',
        async () => {
          await cache.set(key, 'back', 60);
          return redis.get(key);
        },
        30_000,
      );
    }
  });
});
