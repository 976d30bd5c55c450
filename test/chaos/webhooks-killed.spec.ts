import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Api, expectStatus } from '../support/api';
import { concurrently, range } from '../support/concurrently';
import { scaled } from '../support/scale';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(300_000);

const KILLS = scaled(8, 20);
const PER_KILL = 20;
const LATEST_KILL_MS = 400;

describe('kill -9 of web and worker while webhooks come in', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.start({ env: { LOG_LEVEL: 'warn' } });
  });
  afterAll(() => stack.stop());

  /** A receipt of a message that we never sent: its handler leaves a row, which is what we count. */
  const receipt = () => ({
    event: { id: randomUUID(), kind: 'message.push.received', subscription_id: randomUUID() },
    message: { id: randomUUID() },
  });
  type Receipt = ReturnType<typeof receipt>;

  /** As a provider does: again, until it is acknowledged. */
  async function deliver(body: Receipt): Promise<string> {
    const secret = { 'x-onesignal-webhook-secret': stack.local.env.ONESIGNAL_WEBHOOK_SECRET ?? '' };
    return waitFor(
      'an acknowledgement',
      async () => {
        const answer = await stack.api.post('/v1/webhooks/onesignal', body, secret);
        return expectStatus(answer, 202).json<{ id: string }>().id;
      },
      60_000,
    );
  }

  /** Kills it while it works, and returns when its successor listens. */
  async function kill(mode: 'web' | 'worker'): Promise<void> {
    const api = new Api(`http://127.0.0.1:${stack.local.ports[mode]}`);
    await delay(Math.random() * LATEST_KILL_MS);
    const before = stack.local.pid(mode);
    process.kill(before, 'SIGKILL');
    await waitFor(`another ${mode}`, () => stack.local.pid(mode) !== before, 20_000);
    await waitFor(`${mode} to listen`, async () => (await api.get('/health/live')).status === 200, 30_000);
  }

  it(`${KILLS} times: no event is lost, and each has its effect once`, async () => {
    const receipts: Receipt[] = [];
    const ids: string[] = [];
    for (const round of range(KILLS)) {
      const some = range(PER_KILL).map(receipt);
      receipts.push(...some);
      const delivering = concurrently(some, 5, deliver);
      await kill(round % 2 === 0 ? 'web' : 'worker');
      ids.push(...(await delivering));
    }
    expect(new Set(ids).size).toBe(KILLS * PER_KILL);
    await waitFor('all to be processed', async () => (await unsettled()) === 0, 120_000);
    const events = await stack.sql<{ id: string; state: string }>(
      'select id, state from loopin.webhook_events',
    );
    expect(events.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(new Set(events.map(({ state }) => state))).toEqual(new Set(['processed']));
    const effects = await stack.sql<{ id: string }>(
      'select provider_message_id as id from loopin.push_early_receipts',
    );
    expect(effects.map(({ id }) => id).sort()).toEqual(receipts.map(({ message }) => message.id).sort());
  });

  async function unsettled(): Promise<number | undefined> {
    const [row] = await stack.sql<{ count: number }>(
      "select count(*)::int as count from loopin.webhook_events where state <> 'processed'",
    );
    return row?.count;
  }
});
