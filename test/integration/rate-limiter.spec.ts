import { randomUUID } from 'node:crypto';
import { RateLimited } from '../../src/platform/http/http.errors';
import { byIp, type RateLimit } from '../../src/platform/http/rate-limit';
import { RateLimiter } from '../../src/platform/http/rate-limiter';
import { RedisBreaker } from '../../src/platform/redis/redis-breaker';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { waitFor } from '../support/wait-for';

jest.setTimeout(90_000);

const WEB = { publicUrl: 'http://127.0.0.1', rateLimitScale: 1, drainDelayMs: 0 };

describe('rate limits', () => {
  let services: Services;

  beforeAll(async () => {
    services = await Services.start({ migrated: false });
  });
  afterAll(() => services.stop());

  /** A process of its own. */
  async function limiter(scale = 1): Promise<RateLimiter> {
    const redis = services.redis();
    await waitFor('Redis', () => redis.status === 'ready', 30_000);
    return new RateLimiter(redis, new RedisBreaker(), { ...WEB, rateLimitScale: scale });
  }

  const limit = (points: number): RateLimit => ({ name: randomUUID(), points, windowSeconds: 60, key: byIp });
  const from = (ip: string) => ({ ip, principal: undefined, body: undefined });

  it('are counted together by all processes', async () => {
    const [first, second] = [await limiter(), await limiter()];
    const five = limit(5);
    for (const index of range(5)) await (index % 2 === 0 ? first : second).consume([five], from('a'));
    await expect(second.consume([five], from('a'))).rejects.toBeInstanceOf(RateLimited);
    await expect(first.consume([five], from('a'))).rejects.toBeInstanceOf(RateLimited);
    expect(await first.consume([five], from('b'))).toEqual({
      policy: `"${five.name}";q=5;w=60`,
      limit: `"${five.name}";r=4;t=60`,
    });
  });

  it('tell of the tightest of several', async () => {
    const [wide, narrow] = [limit(100), limit(3)];
    const fields = await (await limiter()).consume([wide, narrow], from('c'));
    expect(fields?.limit).toContain(`"${narrow.name}";r=2`);
  });

  it('say when to come back', async () => {
    const one = limit(1);
    const process = await limiter();
    await process.consume([one], from('d'));
    const refused = await process.consume([one], from('d')).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'rate_limited',
      details: { retryAfterSeconds: expect.any(Number) },
    });
  });

  it('do not apply where there is nothing to count by', async () => {
    const none: RateLimit = { ...limit(1), key: () => undefined };
    expect(await (await limiter()).consume([none], from('e'))).toBeUndefined();
  });

  it('scale', async () => {
    const two = limit(2);
    const process = await limiter(10);
    for (const _ of range(20)) await process.consume([two], from('f'));
    await expect(process.consume([two], from('f'))).rejects.toBeInstanceOf(RateLimited);
  });

  it('stay on in each process when Redis is gone', async () => {
    const process_ = await limiter();
    const three = limit(3);
    services.takeRedisAway('SIGKILL');
    for (const _ of range(3)) await process_.consume([three], from('g'));
    await expect(process_.consume([three], from('g'))).rejects.toBeInstanceOf(RateLimited);
    expect((await process_.consume([three], from('h')))?.limit).toContain(';r=2;');
  });
});
