import type { Answer } from '../support/api';
import { concurrently, range } from '../support/concurrently';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';

jest.setTimeout(90_000);

const PHONES = 4;
const ROUNDS = 20;
/** What a request may take longer than before: the contract's bound for waiting for Redis. */
const MOST_WAIT_MS = 100;
/** Fewer than a hundredth may be slow for reasons of the machine. */
const PERCENTILE = 0.95;

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

    expect(before.map(({ status }) => status)).toEqual(before.map(() => 200));
    expect(during.map(({ status }) => status)).toEqual(during.map(() => 200));
    expect(percentile(during)).toBeLessThan(percentile(before) + MOST_WAIT_MS);
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

  /** Each phone reads and logs in, again and again. */
  async function use(): Promise<Answer[]> {
    const rounds = await concurrently(phones, PHONES, async (phone) => {
      const answers: Answer[] = [];
      for (const _round of range(ROUNDS)) answers.push(await phone.me(), await phone.login());
      return answers;
    });
    return rounds.flat();
  }
});

function percentile(answers: readonly Answer[]): number {
  const sorted = answers.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * PERCENTILE)] ?? 0;
}
