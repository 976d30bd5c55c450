import { randomUUID } from 'node:crypto';
import { addRecipients } from '../support/push-recipients';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(180_000);

const RECIPIENTS = 2_000;
const CHUNK = 500;
/** What one worker has in flight at FCM, or has not written down yet. */
const IN_FLIGHT = 500;

describe('kill -9 of the worker in the middle of FCM chunks', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.start({ env: { LOG_LEVEL: 'warn', ONESIGNAL_CHUNK_SIZE: String(CHUNK) } });
  });
  afterAll(() => stack.stop());

  it('repeats what was in flight only, and everybody is shown it once', async () => {
    const members = await addRecipients((text, values) => stack.sql(text, values), RECIPIENTS, 'fcm', false);
    await stack.fcm.settings({ latencyMs: 400 });
    const operator = await stack.operator();
    const audience = { users: members.map(({ userId }) => userId) };
    const id = await operator.send({ audience, content: { title: randomUUID() } });
    await waitFor('a part of it to be sent', async () => (await sent(id)) >= 200, 60_000);
    process.kill(stack.local.pid('worker'), 'SIGKILL');
    const before = await sent(id);
    expect(before).toBeLessThan(RECIPIENTS);

    await waitFor('everybody to be sent to', async () => (await sent(id)) === RECIPIENTS, 120_000);
    const { attempts, visible } = await stack.fcm.summary();
    expect(visible).toBe(RECIPIENTS);
    expect((await stack.fcm.visible()).map(({ token }) => token).sort()).toEqual(
      members.map(({ target }) => target).sort(),
    );
    expect(attempts - RECIPIENTS).toBeLessThanOrEqual(IN_FLIGHT);
    const [row] = await stack.sql<{ retries: number }>(
      'select sum(ambiguous_retries)::int as retries from loopin.push_chunks where notification_id = $1',
      [id],
    );
    expect(row?.retries).toBeGreaterThanOrEqual(attempts - RECIPIENTS);
    await operator.waitUntil(id, ({ status }) => status === 'completed', 30_000);
  });

  async function sent(id: string): Promise<number> {
    const [row] = await stack.sql<{ count: number }>(
      "select count(*)::int as count from loopin.push_recipients where notification_id = $1 and state = 'sent'",
      [id],
    );
    return row?.count ?? 0;
  }
});
