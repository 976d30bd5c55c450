import { randomUUID } from 'node:crypto';
import { findFreePort } from '../../tools/local/ports.mts';
import { Api, expectStatus } from '../support/api';
import { HeldLock } from '../support/held-lock';
import { Operator } from '../support/operator';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(90_000);

const BOUND_MS = 20_000;
/** Longer than a process may hold a key. */
const LEASE_MS = 31_000;

describe('an Idempotency-Key whose process was killed', () => {
  let stack: TestStack;
  let operator: Operator;

  beforeAll(async () => {
    stack = await TestStack.start();
    operator = await stack.operator();
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const lock = (statement: string, values: readonly unknown[] = []) =>
    HeldLock.take(stack.local.env.LOCAL_POSTGRES_URL, statement, values);
  const notifications = (title: string) =>
    stack.sql<{ id: string }>("select id from loopin.push_notifications where content ->> 'title' = $1", [
      title,
    ]);
  const claims = (count: number) =>
    waitFor(
      'the claim',
      async () => (await stack.sql('select from loopin.idempotency_keys')).length === count,
      BOUND_MS,
    );
  /** A request that stands at the lock in a process of its own. */
  async function beginElsewhere(title: string) {
    const { program, url } = await stack.startProcess('web', await findFreePort());
    const headers = { 'x-api-key': operator.apiKey, 'idempotency-key': randomUUID() };
    const body = Operator.notification(randomUUID(), { title });
    // its answer is lost with its process
    const lost = new Api(url).post('/v1/push/notifications', body, headers).catch(() => 'lost');
    return { program, lost, repeat: () => operator.create(body, headers) };
  }

  it('before the work was committed: a repeat does it', async () => {
    const title = randomUUID();
    const held = await lock('lock table loopin.push_notifications in exclusive mode');
    const { program, lost, repeat } = await beginElsewhere(title);
    await claims(1);
    await program.kill();
    expect(await lost).toBe('lost');
    await held.release();
    stack.moveClock(LEASE_MS);
    const { id } = expectStatus(await repeat(), 202).json<{ id: string }>();
    expect(await notifications(title)).toEqual([{ id }]);
    expect((await repeat()).headers.get('idempotency-replayed')).toBe('true');
  });

  it('after the work was committed, before the answer was kept: a repeat finds it, and does nothing twice', async () => {
    const title = randomUUID();
    const work = await lock('lock table loopin.push_notifications in exclusive mode');
    const { program, lost, repeat } = await beginElsewhere(title);
    await claims(2);
    const answer = await lock("select from loopin.idempotency_keys where state = 'running' for update");
    await work.release();
    const [made] = await waitFor(
      'the notification',
      async () => {
        const rows = await notifications(title);
        return rows.length > 0 ? rows : undefined;
      },
      BOUND_MS,
    );
    await program.kill();
    expect(await lost).toBe('lost');
    await answer.release();
    stack.moveClock(LEASE_MS);
    expect(expectStatus(await repeat(), 202).json()).toMatchObject({ id: made?.id });
    expect(await notifications(title)).toEqual([made]);
    const messages = await stack.sql(
      "select from loopin.outbox where body::json -> 'payload' ->> 'notificationId' = $1 and body::json ->> 'type' = 'push.resolve-audience'",
      [made?.id],
    );
    expect(messages).toHaveLength(1);
  });
});
