import { setTimeout as delay } from 'node:timers/promises';
import { AudienceRows } from '../support/audience-rows';
import { range } from '../support/concurrently';
import type { Operator } from '../support/operator';
import { TestStack } from '../support/test-stack';

jest.setTimeout(300_000);

const PEOPLE = 3_000;
const CHUNK = 50;
const KILLS = 4;
const LATEST_KILL_MS = 400;

describe('kill -9 of the worker during a fan-out', () => {
  let stack: TestStack;
  let operator: Operator;

  beforeAll(async () => {
    stack = await TestStack.start({ env: { LOG_LEVEL: 'warn', ONESIGNAL_CHUNK_SIZE: String(CHUNK) } });
    await new AudienceRows(stack).people('many', PEOPLE);
    operator = await stack.operator();
  });
  afterAll(() => stack.stop());

  it(`reaches each of ${PEOPLE} phones once, in no more calls than chunks`, async () => {
    const id = await operator.send({ audience: { topics: ['many'] }, content: { title: 'many' } });
    for (const _ of range(KILLS)) await killWorker();
    const view = await operator.waitUntil(id, ({ completedAt }) => completedAt !== null, 200_000);
    expect(view).toMatchObject({
      status: 'completed',
      counts: { targeted: PEOPLE, sent: PEOPLE, pending: 0 },
    });
    const reached = (await stack.sandbox.deliveries()).map(({ subscriptionId }) => subscriptionId);
    expect(reached).toHaveLength(PEOPLE);
    expect(new Set(reached).size).toBe(PEOPLE);
    const accepted = (await stack.sandbox.calls()).filter(
      ({ status, replayed }) => status === 200 && !replayed,
    );
    expect(accepted).toHaveLength(PEOPLE / CHUNK);
  });

  /** Kills it while it works, and returns when its successor listens. */
  async function killWorker(): Promise<void> {
    await delay(Math.random() * LATEST_KILL_MS);
    await stack.killWorker();
  }
});
