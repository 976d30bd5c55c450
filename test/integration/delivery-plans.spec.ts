import { PgDeliveryQueue } from '../../src/modules/webhooks/outbound/dispatch/pg-delivery-queue';
import type { DomainEventId, WebhookEndpointId } from '../../src/shared/ids';
import { Plans } from '../support/plans';
import { Services } from '../support/services';

jest.setTimeout(60_000);

const NOW = new Date('2026-03-01T12:00:00Z');
const LEASED_UNTIL = new Date('2026-03-01T12:01:00Z');
const LIMITS = { perEndpoint: 32, inAll: 256, underWay: new Map<WebhookEndpointId, number>() };
/** After so many Postgres may keep a plan (postgresql.org/docs/17/sql-prepare.html). */
const TRIES = 8;
const DELIVERIES = 2_000;

describe('deliveries that come all at once', () => {
  let services: Services;
  let plans: Plans;
  let queue: PgDeliveryQueue;

  beforeAll(async () => {
    services = await Services.start();
    plans = await Plans.watch(services);
    // one connection: what it keeps is what the next statement gets
    queue = new PgDeliveryQueue(services.database(1));
    await services.sql('vacuum analyze loopin.webhook_deliveries');
  });
  afterAll(() => services.stop());

  it('are not looked for in the whole table by a plan from when it was empty', async () => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      expect(await queue.claim(LIMITS, NOW, LEASED_UNTIL)).toEqual([]);
      await queue.settle([RESULT], NOW);
    }
    await services.sql(FILL, [NOW, DELIVERIES]);
    plans.read();
    expect(await queue.claim(LIMITS, NOW, LEASED_UNTIL)).toHaveLength(LIMITS.perEndpoint);
    await queue.settle([RESULT], NOW);
    const news = plans.read();
    expect(news.length).toBeGreaterThan(1);
    for (const plan of news) expect(plan).not.toMatch(/Seq Scan on webhook_deliveries/);
  });
});

const RESULT = {
  delivery: {
    endpointId: '0198f7a4-0000-7000-8000-000000000001' as WebhookEndpointId,
    eventId: '0198f7a4-0000-7000-8000-000000000002' as DomainEventId,
    attempt: 1,
    failures: 0,
    body: '{}',
  },
  startedAt: NOW,
  outcome: 'delivered',
  status: 200,
  latencyMs: 5,
  responseSealed: undefined,
  state: 'delivered',
  nextAttemptAt: NOW,
} as const;

const FILL = `
  with endpoint as (
    insert into loopin.webhook_endpoints (id, url, event_types, state, secrets_sealed, created_at, updated_at)
    values (gen_random_uuid(), 'https://receiver.example', '{push.completed}', 'enabled', '', $1, $1)
    returning id
  ), event as (
    insert into loopin.domain_events (id, type, body, occurred_at)
    select gen_random_uuid(), 'push.completed', '{}', $1
    from generate_series(1, $2::int)
    returning id
  )
  insert into loopin.webhook_deliveries (endpoint_id, event_id, state, next_attempt_at, created_at)
  select endpoint.id, event.id, 'pending', $1, $1
  from endpoint, event`;
