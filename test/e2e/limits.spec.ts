import { Redis } from 'ioredis';
import { findFreePort } from '../../tools/local/ports.mts';
import { expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(90_000);

describe('rate limits as in production', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.start({ env: { RATE_LIMIT_SCALE: '1' } });
  });
  afterAll(() => stack.stop());

  /** What is true while the window lasts and Redis, on a busy machine, answers within its 50 ms: else it is looked at anew. */
  const inOneWindow = (look: () => Promise<void>) =>
    waitFor('all to be counted together', () => look().then(() => true), 45_000);
  const remaining = (field: string | null) => Number(/;r=(\d+)/.exec(field ?? '')?.[1]);

  it('tell what is left', async () => {
    const answer = expectStatus(await stack.api.get('/.well-known/jwks.json'), 200);
    expect(answer.headers.get('ratelimit-policy')).toBe('"default";q=600;w=60');
    expect(answer.headers.get('ratelimit')).toMatch(/^"default";r=\d+;t=\d+$/);
    await inOneWindow(async () => {
      const first = await stack.api.get('/.well-known/jwks.json');
      const next = await stack.api.get('/.well-known/jwks.json');
      expect(remaining(next.headers.get('ratelimit'))).toBe(remaining(first.headers.get('ratelimit')) - 1);
    });
  });

  it('stop the eleventh sign-in of an account on a device, and say when to come back', async () => {
    await inOneWindow(async () => {
      const phone = stack.phone();
      // five wrong ones lock the account, which is another refusal than this one
      for (const _ of range(5)) expect((await phone.login()).status).toBe(401);
      for (const _ of range(5)) expect((await phone.login()).json<Problem>().code).toBe('account_locked');
      const refused = await phone.login();
      expect([refused.status, refused.json<Problem>().code]).toEqual([429, 'rate_limited']);
      expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
      expect(refused.headers.get('ratelimit-policy')).toBe('"login";q=10;w=60');
      expect(refused.headers.get('ratelimit')).toMatch(/^"login";r=0;t=\d+$/);
      expect((await phone.sibling().login()).json<Problem>().code).toBe('account_locked');
    });
  });

  it('stop the sixth mail to an address within an hour, whatever asks for it', async () => {
    await inOneWindow(async () => {
      const phone = stack.phone();
      for (const _ of range(3)) expectStatus(await phone.register(), 202);
      for (const _ of range(2)) {
        expectStatus(await stack.api.post('/v1/auth/verify-email/resend', { email: phone.email }), 202);
      }
      expect((await phone.register()).status).toBe(429);
    });
    expect((await stack.phone().register()).status).toBe(202);
  });

  it('leave health alone', async () => {
    const answer = await stack.api.get('/health/ready');
    expect([answer.status, answer.headers.get('ratelimit')]).toEqual([200, null]);
  });

  it('are not needed for health: however often it is asked, its dependencies are asked once a second', async () => {
    const redis = new Redis(stack.local.env.REDIS_URL ?? '');
    const pings = async () => Number(/cmdstat_ping:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]);
    const before = await pings();
    const answers = await Promise.all(range(200).map(() => stack.api.get('/health/ready')));
    const after = await pings();
    redis.disconnect();
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(after - before).toBeLessThan(20);
  });

  it('believe no address that a client claims', async () => {
    const claim = (ip: string) => stack.api.get('/.well-known/jwks.json', { 'x-forwarded-for': ip });
    await inOneWindow(async () => {
      const first = remaining((await claim('198.51.100.1')).headers.get('ratelimit'));
      const second = remaining((await claim('198.51.100.2')).headers.get('ratelimit'));
      expect(second).toBe(first - 1);
    });
  });

  it('count by the address before the trusted proxies', async () => {
    const { url, program } = await stack.startProcess('web', await findFreePort(), {
      TRUSTED_PROXY_HOPS: '1',
      RATE_LIMIT_SCALE: '1',
    });
    const left = async (forwarded: string) => {
      const answer = await fetch(`${url}/.well-known/jwks.json`, {
        headers: { 'x-forwarded-for': forwarded },
      });
      return remaining(answer.headers.get('ratelimit'));
    };
    let address = 0;
    await inOneWindow(async () => {
      address += 2;
      const first = await left(`203.0.113.${address}`);
      expect(await left(`203.0.113.${address + 1}`)).toBe(first);
      expect(await left(`10.0.0.1, 203.0.113.${address}`)).toBe(first - 1);
    });
    await program.kill();
  });
});
