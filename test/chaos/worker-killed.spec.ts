import { setTimeout as delay } from 'node:timers/promises';
import { concurrently, range } from '../support/concurrently';
import { Operator } from '../support/operator';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(400_000);

const KILLS = 20;
const NOTIFICATIONS = 500;
const LATEST_KILL_MS = 600;

describe('kill -9 of the worker at random moments', () => {
  let stack: TestStack;
  let phone: Phone;
  let operator: Operator;

  beforeAll(async () => {
    stack = await TestStack.start({ env: { LOG_LEVEL: 'warn' } });
    phone = await stack.phone().install();
    operator = await stack.operator();
  });
  afterAll(() => stack.stop());

  it(`loses none of ${NOTIFICATIONS} notifications and delivers none twice`, async () => {
    const perKill = NOTIFICATIONS / KILLS;
    const ids: string[] = [];
    for (const round of range(KILLS)) {
      const titles = range(perKill).map((index) => `n-${round * perKill + index}`);
      const sending = concurrently(titles, 5, (title) =>
        operator.send(Operator.notification(phone.deviceId, { title })),
      );
      await killWorker(stack);
      ids.push(...(await sending));
    }

    await waitFor(
      'every notification in the ledger',
      async () => (await stack.sandbox.deliveries(phone.subscriptionId)).length >= NOTIFICATIONS,
      120_000,
    );
    const titles = (await stack.sandbox.deliveries(phone.subscriptionId)).map(({ title }) => title);
    expect(new Set(titles)).toEqual(new Set(range(NOTIFICATIONS).map((index) => `n-${index}`)));
    expect(titles).toHaveLength(NOTIFICATIONS);
    const completed = await waitFor('every notification to be completed', () => countCompleted(ids), 60_000);
    expect(completed).toBe(NOTIFICATIONS);
  });

  async function countCompleted(ids: readonly string[]): Promise<number | undefined> {
    const [row] = await stack.sql<{ count: number }>(
      "select count(*)::int as count from loopin.push_notifications where status = 'completed' and id = any($1)",
      [ids],
    );
    return row?.count === ids.length ? row.count : undefined;
  }
});

/** Kills it while it works, and returns when its successor listens. */
async function killWorker(stack: TestStack): Promise<void> {
  await delay(Math.random() * LATEST_KILL_MS);
  await stack.killWorker();
}
