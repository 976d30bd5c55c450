import pg from 'pg';
import { Api, expectStatus } from '../support/api';
import { Operator } from '../support/operator';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(150_000);

describe('SIGTERM', () => {
  let stack: TestStack;
  let phone: Phone;
  let web: Awaited<ReturnType<TestStack['startProcess']>>;
  let worker: Awaited<ReturnType<TestStack['startProcess']>>;

  beforeAll(async () => {
    // the processes are ours: no supervisor starts them again
    stack = await TestStack.start({ servicesOnly: true });
    await stack.cli('migrate');
    const { ports } = stack.local;
    worker = await stack.startProcess('worker', ports.worker);
    web = await stack.startProcess('web', ports.web, { DRAIN_DELAY_MS: '4000' });
    phone = await stack.phone().install();
  });
  afterAll(() => stack.stop());

  const readiness = async (url: string) => (await new Api(url).get('/health/ready')).status;

  it('lets the worker finish the message in hand, and nothing is done twice', async () => {
    const operator = await stack.operator();
    await stack.sandbox.fault('ok', { times: 1, delayMs: 5_000 });
    const id = await operator.send(Operator.notification(phone.deviceId, { title: 'in hand' }));
    await waitFor('the provider call', async () => (await stack.sandbox.deliveries()).length === 1, 30_000);

    worker.program.signal('SIGTERM');
    await waitFor(
      'the worker to say that it stops',
      async () => (await readiness(worker.url)) === 503,
      30_000,
    );
    expect(await worker.program.ended()).toBe(0);

    const [row] = await stack.sql<{ status: string }>(
      'select status from loopin.push_notifications where id = $1',
      [id],
    );
    expect(row?.status).toBe('completed');
    const [left] = await stack.sql<{ count: number }>(
      "select count(*)::int as count from loopin.inbox where state <> 'done'",
    );
    expect(left?.count).toBe(0);
    expect(await stack.sandbox.calls()).toHaveLength(1);
    worker = await stack.startProcess('worker', stack.local.ports.worker);
    // a message that a stopping poll still received comes back after half a minute
    await operator.waitUntil(id, ({ counts }) => counts.delivered === 1, 75_000);
    expect(await stack.sandbox.calls()).toHaveLength(1);
  });

  it('lets the web finish the request in hand; readiness fails first, and new requests are still answered', async () => {
    const holder = new pg.Client({ connectionString: stack.local.env.LOCAL_POSTGRES_URL });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select from loopin.devices where device_id = $1 for update', [phone.deviceId]);
    const inHand = phone.putDevice();
    await waitFor('the request to wait for the row', waiting, 30_000);

    web.program.signal('SIGTERM');
    await waitFor('the web to say that it stops', async () => (await readiness(web.url)) === 503, 30_000);
    expectStatus(await stack.api.get('/.well-known/jwks.json'), 200);
    expect(await readiness(web.url)).toBe(503);
    await holder.query('commit');
    await holder.end();

    expect((await inHand).status).toBe(200);
    expect(await web.program.ended()).toBe(0);
  });

  it('writes its last log lines', () => {
    for (const { program } of [web]) {
      const lines = program.stdout.map((line) => JSON.parse(line) as { route?: string });
      expect(lines.filter(({ route }) => route === '/v1/devices/:deviceId')).toHaveLength(2);
      expect(program.stderr).toEqual([]);
    }
  });

  async function waiting(): Promise<boolean> {
    const rows = await stack.sql(
      "select from pg_stat_activity where usename = 'loopin_app' and wait_event_type = 'Lock'",
    );
    return rows.length > 0;
  }
});
