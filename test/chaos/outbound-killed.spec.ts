import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { range } from '../support/concurrently';
import { EndpointManager } from '../support/endpoint-manager';
import { scaled } from '../support/scale';
import { TestStack } from '../support/test-stack';
import { TestTokens } from '../support/test-tokens';
import { waitFor } from '../support/wait-for';
import { WebhookReceiver } from '../support/webhook-receiver';

jest.setTimeout(600_000);

const KILLS = scaled(4, 20);
const PER_KILL = 100;
const LATEST_KILL_MS = 400;
/** A lease, which ends by the moved clock. */
const LEASE_MS = 61_000;

describe('kill -9 of the worker while webhooks go out', () => {
  let stack: TestStack;
  let receiver: WebhookReceiver;
  let manager: EndpointManager;

  beforeAll(async () => {
    stack = await TestStack.start({ env: { LOG_LEVEL: 'warn' } });
    receiver = await WebhookReceiver.start();
    const tokens = new TestTokens(stack);
    manager = new EndpointManager(stack, await tokens.persona({ roles: ['user', 'admin'], aal: 'aal2' }));
  });
  afterAll(async () => {
    await receiver.stop();
    await stack.stop();
  });

  /** Events as a transaction of ours leaves them. */
  async function emit(endpointId: string, count: number): Promise<string[]> {
    const ids = range(count).map(() => randomUUID());
    await stack.sql(
      `with event as (
         insert into loopin.domain_events (id, type, body, occurred_at)
         select id, 'push.completed', '{"type":"push.completed"}', now() from unnest($1::uuid[]) as id
         returning id
       )
       insert into loopin.webhook_deliveries (endpoint_id, event_id, state, next_attempt_at, created_at)
       select $2, id, 'pending', now(), now() from event`,
      [ids, endpointId],
    );
    return ids;
  }

  it(`${KILLS} times: no event is lost, and the log tells of each attempt`, async () => {
    const path = `/${randomUUID()}`;
    // slow enough that a kill finds some under way
    receiver.reply(path, (response) => setTimeout(() => response.writeHead(204).end(), 20));
    const { id } = await manager.create(receiver.url(path), 'push.completed');
    const emitted: string[] = [];
    for (const round of range(KILLS)) {
      const before = receiver.at(path).length;
      emitted.push(...(await emit(id, PER_KILL)));
      // at any moment, and every other time while some are under way for sure
      if (round % 2 === 0) await waitFor('some to go out', () => receiver.at(path).length > before, 30_000);
      else await delay(Math.random() * LATEST_KILL_MS);
      await stack.killWorker();
      // the next one takes over what this one left, as a minute later
      stack.moveClock((round + 1) * LEASE_MS);
    }
    await waitFor('all to be delivered', async () => (await states()) === 'delivered', 120_000);
    const seen = new Map<string, number>();
    for (const { id: event } of receiver.at(path)) seen.set(event, (seen.get(event) ?? 0) + 1);
    expect([...seen.keys()].sort()).toEqual([...emitted].sort());
    const logged = await stack.sql<{ event: string; attempts: number; log: string[]; numbers: number[] }>(
      `select d.event_id as event, d.attempts, array_agg(a.outcome order by a.number) as log,
              array_agg(a.number order by a.number) as numbers
       from loopin.webhook_deliveries d
       join loopin.webhook_attempts a on a.endpoint_id = d.endpoint_id and a.event_id = d.event_id
       group by d.event_id, d.attempts`,
    );
    expect(logged).toHaveLength(emitted.length);
    const wrong = logged.filter(({ event, attempts, log, numbers }) => {
      const complete =
        numbers.join() ===
        range(attempts)
          .map((index) => index + 1)
          .join();
      // an attempt that was cut off may have arrived or not; the last one has
      const ends =
        log.at(-1) === 'delivered' && log.slice(0, -1).every((outcome) => outcome === 'interrupted');
      return !(complete && ends && (seen.get(event) ?? 0) <= attempts);
    });
    expect(wrong).toEqual([]);
    expect(logged.some(({ attempts }) => attempts > 1)).toBe(true);
  });

  async function states(): Promise<string | undefined> {
    const [row] = await stack.sql<{ states: string }>(
      "select string_agg(distinct state, ',') as states from loopin.webhook_deliveries",
    );
    return row?.states;
  }
});
