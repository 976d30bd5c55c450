import type { Answer } from '../support/api';
import { concurrently, range } from '../support/concurrently';
import { medianMs } from '../support/median';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';

jest.setTimeout(90_000);

const PHONES = 4;
const ROUNDS = 30;
/** The contract's bound for waiting for Redis, on top of the slowest of its kind before and of how far those were apart. */
const MOST_WAIT_MS = 100;

describe.each([
  ['is killed', 'SIGKILL'],
  ['hangs', 'SIGSTOP'],
] as const)('Redis %s while phones read and log in', (_, signal) => {
  let stack: TestStack;
  let phones: Phone[];

  beforeAll(async () => {
    stack = await TestStack.start();
    phones = await concurrently(range(PHONES), PHONES, () => stack.phone().signUp());
    await use();
  });
  afterAll(() => stack.stop());

  it('fails no request, and none waits for it', async () => {
    const before = await use();
    process.kill(stack.local.pid('redis'), signal);
    const during = await use();

    for (const kind of ['reads', 'logins'] as const) {
      expect(before[kind].map(({ status }) => status)).toEqual(before[kind].map(() => 200));
      expect(during[kind].map(({ status }) => status)).toEqual(during[kind].map(() => 200));
      expect(medianMs(during[kind])).toBeLessThan(2 * medianMs(before[kind]) + MOST_WAIT_MS);
    }
  });

  it('still ends a session at its logout', async () => {
    const [phone] = phones;
    expect((await phone?.logout())?.status).toBe(204);
    expect((await phone?.me())?.status).toBe(401);
  });

  it('still counts limits', async () => {
    const answer = await stack.phone().api.get('/.well-known/jwks.json');
    expect(answer.headers.get('ratelimit')).toMatch(/^"default";r=\d+;t=\d+$/);
  });

  it('is shown as degraded, and the process stays ready', async () => {
    const ready = await stack.api.get('/health/ready');
    expect(ready.status).toBe(200);
    expect(ready.json()).toMatchObject({ status: 'ok', details: { redis: { status: 'degraded' } } });
  });

  /** One phone logs in again and again (a hash at a time: hashing is what takes long), the others read meanwhile. */
  async function use(): Promise<{ reads: Answer[]; logins: Answer[] }> {
    const [first, ...others] = phones;
    const logins: Answer[] = [];
    const reads: Answer[] = [];
    const reading = others.map(async (phone) => {
      while (logins.length < ROUNDS) reads.push(await phone.me());
    });
    for (const _ of range(ROUNDS)) if (first !== undefined) logins.push(await first.login());
    await Promise.all(reading);
    return { reads, logins };
  }
});
