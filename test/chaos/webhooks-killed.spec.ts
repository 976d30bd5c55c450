import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { Api, expectStatus } from '../support/api';
import { concurrently, range } from '../support/concurrently';
import { scaled } from '../support/scale';
import { TestStack } from '../support/test-stack';
import { TestTokens } from '../support/test-tokens';
import { waitFor } from '../support/wait-for';
import { SENDERS, type Sender } from '../support/webhook-senders';

jest.setTimeout(300_000);

const KILLS = scaled(8, 20);
const PER_KILL = 20;
const LATEST_KILL_MS = 400;

interface JobView {
  readonly status: string;
  readonly attempts: number;
  readonly progress: { readonly done: number; readonly total: number };
}

describe('kill -9 of web and worker while webhooks are at work', () => {
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

  it(`${KILLS} times while they come in: no event is lost, and each has its effect once`, async () => {
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

  it('the worker in the middle of a replay: another one goes on, and each event is given out again once', async () => {
    const [{ since } = { since: '' }] = await stack.sql<{ since: string }>(
      'select to_char(clock_timestamp() at time zone \'utc\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\') as since',
    );
    const type = 'replay.test';
    const admin = await new TestTokens(stack).persona({ roles: ['user', 'admin'], aal: 'aal2' });
    const jobOf = async (id: string) =>
      expectStatus(await stack.api.get(`/v1/admin/jobs/${id}`, admin.authorization), 200).json<JobView>();
    const total = 1_200;
    await concurrently(range(total), 20, () => receive(JSON.stringify({ type, data: { id: randomUUID() } })));
    const ignored = async (after: Date) => {
      const [row] = await stack.sql<{ count: number }>(
        "select count(*)::int as count from loopin.webhook_events where type = $1 and state = 'ignored' and processed_at > $2",
        [type, after],
      );
      return row?.count;
    };
    await waitFor('all to be settled', async () => (await ignored(new Date(0))) === total, 60_000);
    const replay = (body: object) => stack.api.post('/v1/webhook-events/replay', body, admin.authorization);
    const dry = expectStatus(await replay({ type, since, dryRun: true }), 202).json<{ count: number }>();
    expect(dry.count).toBe(total);
    expect(expectStatus(await replay({ type, source: 'github', since, dryRun: true }), 202).json()).toEqual({
      count: 0,
    });
    expect(await stack.sql('select 1 from loopin.webhook_replays')).toEqual([]);

    const begin = new Date();
    const release = await lockEvent(type, 700);
    const asked = expectStatus(await replay({ type, since }), 202).json<{ count: number; jobId: string }>();
    expect(asked.count).toBe(total);
    await waitFor('the first batch', async () => (await jobOf(asked.jobId)).progress.done === 500, 30_000);
    await stack.killWorker();
    await release();
    // nobody waits for the lease of a worker that is dead
    stack.moveClock(60_000);
    await waitFor('its end', async () => (await jobOf(asked.jobId)).status === 'done', 60_000);
    await waitFor('all to be settled again', async () => (await ignored(begin)) === total, 60_000);
    stack.moveClock(0);
    expect(await jobOf(asked.jobId)).toMatchObject({ attempts: 2, progress: { done: total, total } });
    const given = await stack.sql(
      `select count(*)::int as messages, count(distinct e.id)::int as events
       from loopin.outbox o
       join loopin.webhook_events e on e.id::text = o.body::jsonb -> 'payload' ->> 'eventId'
       where o.group_id = 'webhook-replay' and e.type = $1`,
      [type],
    );
    expect(given).toEqual([{ messages: total, events: total }]);
    const notes = await stack.sql(
      "select details from loopin.audit_events where action = 'webhook_events.replayed'",
    );
    expect(notes).toEqual([{ details: expect.objectContaining({ type, count: total }) }]);
  });

  async function receive(body: string): Promise<void> {
    const secret = stack.local.env.STANDARD_WEBHOOK_SECRET ?? '';
    const { headers, body: rawBody } = await (SENDERS.standard as Sender).send({ secret, body });
    expectStatus(await stack.api.request('POST', '/v1/webhooks/standard', { headers, rawBody }), 202);
  }

  /** Whoever comes to that event waits until the returned function is called. */
  async function lockEvent(type: string, index: number): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: stack.local.env.LOCAL_POSTGRES_URL });
    await client.connect();
    await client.query('begin');
    await client.query(
      `select id from loopin.webhook_events
       where id = (select id from loopin.webhook_events where type = $1 order by received_at, id limit 1 offset $2)
       for update`,
      [type, index],
    );
    return () => client.end();
  }

  async function unsettled(): Promise<number | undefined> {
    const [row] = await stack.sql<{ count: number }>(
      "select count(*)::int as count from loopin.webhook_events where state <> 'processed'",
    );
    return row?.count;
  }
});
