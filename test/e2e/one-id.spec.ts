import { randomUUID } from 'node:crypto';
import { METRICS } from '../../src/platform/telemetry/catalogue';
import { Api, expectStatus } from '../support/api';
import { type Sighting, tableOf } from '../support/sighting';
import { TestStack } from '../support/test-stack';
import { type Persona, TestTokens } from '../support/test-tokens';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

const BOUND_MS = 45_000;
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PHONES_SPAN = '00f067aa0ba902b7';
const QUEUE = 'push-notifications';
const MESSAGE = 'push.deliver-chunk';

interface Message {
  readonly type: string;
  readonly correlationId: string;
  readonly traceparent: string;
}

describe('one id, from the phone to Sentry', () => {
  const id = randomUUID();
  let stack: TestStack;
  const sightings: Sighting[] = [];

  /** The provider takes the push, and then the worker can't write it down: the same message fails after its call. */
  beforeAll(async () => {
    stack = await TestStack.start({ env: { SENTRY_TRACES_SAMPLE_RATE: '1' } });
    const { authorization, deviceId } = await adminsPhone();
    await stack.sql("alter table loopin.push_chunks add constraint broken check (state <> 'sent') not valid");
    const content = { title: 'one id' };
    const headers = {
      ...authorization,
      'x-request-id': id,
      traceparent: `00-${TRACE_ID}-${PHONES_SPAN}-01`,
      baggage: 'sentry-sampled=true,user=planted',
    };
    const answer = await stack.api.post('/v1/push/test', { deviceId, content }, headers);
    expectStatus(answer, 202);
    see('phone', 'answer, X-Request-ID', answer.headers.get('x-request-id'));
    await stack.logLine(
      'worker',
      ({ message, correlationId }) => message === 'message failed' && correlationId === id,
    );
  });
  afterAll(() => stack.stop());

  const see = (where: string, what: string, seen: unknown) => sightings.push({ where, what, id: seen });

  /** Only an admin may send to their own device: one call, from the phone to the provider. */
  async function adminsPhone(): Promise<Persona> {
    const admin = await new TestTokens(stack).persona({ roles: ['user', 'admin'], aal: 'aal2' });
    await stack.sql(
      `update loopin.devices set push_provider = 'onesignal', push_target = $2, token_hash = '\\x00'
       where device_id = $1`,
      [admin.deviceId, randomUUID()],
    );
    return admin;
  }

  it('is in the web’s log', async () => {
    const line = await stack.logLine(
      'web',
      ({ correlationId, message }) => correlationId === id && message === 'request',
    );
    see('web log', `${line.method} ${line.route}, ${line.status}`, line.correlationId);
    expect(line).toMatchObject({ route: '/v1/push/test', status: 202 });
  });

  it('is in the outbox’s rows', async () => {
    const rows = await stack.sql<{ queue: string; body: string }>(
      'select queue, body from loopin.outbox where body like $1 order by created_at',
      [`%${id}%`],
    );
    const bodies = rows.map(({ body }) => JSON.parse(body) as Message);
    for (const body of bodies) see('outbox row', body.type, body.correlationId);
    expect(bodies.map(({ type }) => type)).toContain(MESSAGE);
    expect(bodies.map(({ correlationId }) => correlationId)).toEqual(bodies.map(() => id));
  });

  it('is in the message that the queue has', async () => {
    const sqs = new Api(`http://127.0.0.1:${stack.local.ports.sqs}`);
    const held = await waitFor(
      'the message',
      async () =>
        bodiesIn((await sqs.get(`/_fauxqs/queues/${QUEUE}`)).json()).find((body) => body.includes(id)),
      BOUND_MS,
    );
    const { type, correlationId } = JSON.parse(held) as Message;
    see('SQS message', `${type} in ${QUEUE}`, correlationId);
    expect(correlationId).toBe(id);
  });

  it('is in the worker’s log', async () => {
    const line = await stack.logLine(
      'worker',
      (one) => one.correlationId === id && one.messageType === MESSAGE,
    );
    see('worker log', `${line.messageType}: ${line.message}`, line.correlationId);
    expect(line).toMatchObject({ message: 'message failed' });
  });

  it('is in the call to the provider', async () => {
    const calls = await stack.sandbox.calls();
    const call = calls.find(({ headers }) => headers['x-request-id'] === id);
    see('provider', 'OneSignal, X-Request-ID', call?.headers['x-request-id']);
    expect(call?.status).toBe(200);
  });

  it('is in what Sentry was told', async () => {
    const event = await sent('event');
    see('Sentry', `${event.exception?.values[0]?.value} in ${event.transaction}`, event.tags?.correlationId);
    expect(event).toMatchObject({
      transaction: MESSAGE,
      tags: { mode: 'worker', stage: 'local', queue: QUEUE, correlationId: id },
      exception: { values: [{ type: 'DatabaseError', value: 'DatabaseError: 23514' }] },
      contexts: { trace: { trace_id: TRACE_ID } },
    });
  });

  it('and the table of it:', () => {
    process.stdout.write(`\n${tableOf(sightings)}\n\n`);
    expect(sightings.length).toBeGreaterThanOrEqual(7);
    expect(new Set(sightings.map((one) => one.id))).toEqual(new Set([id]));
  });

  it('is one trace as well: each part hangs below the one that caused it', async () => {
    const web = await span('POST /v1/push/test');
    const resolving = await span('push.resolve-audience');
    const delivering = await span(MESSAGE);
    expect(web).toMatchObject({
      trace_id: TRACE_ID,
      parent_span_id: PHONES_SPAN,
      op: 'http.server',
      status: 'ok',
    });
    expect(resolving).toMatchObject({ trace_id: TRACE_ID, parent_span_id: web.span_id, op: 'queue.process' });
    expect(delivering).toMatchObject({ trace_id: TRACE_ID, parent_span_id: resolving.span_id });
    expect((await sent('event')).contexts?.trace).toMatchObject({ parent_span_id: delivering.span_id });
    const [row] = await stack.sql<{ body: string }>(
      "select body from loopin.outbox where body like '%resolve-audience%'",
    );
    expect(JSON.parse(row?.body ?? '')).toMatchObject({
      traceparent: `00-${TRACE_ID}-${web.span_id}-01`,
      'sentry-trace': `${TRACE_ID}-${web.span_id}-1`,
      baggage: 'sentry-sampled=true',
    });
  });

  it('leaves numbers of it at /metrics of both processes', async () => {
    const web = await metricsOf('web');
    expect(web).toMatch(
      /^loopin_http_request_seconds_count\{method="POST",route="\/v1\/push\/test",status="202"\} 1$/m,
    );
    expect(web).toMatch(/^loopin_slo_api_good_total [1-9]/m);
    const worker = await metricsOf('worker');
    expect(worker).toMatch(
      /^loopin_message_seconds_count\{queue="push-notifications",type="push.deliver-chunk",outcome="failed"\} /m,
    );
    expect(worker).toMatch(
      /^loopin_provider_call_seconds_count\{provider="onesignal",outcome="answered"\} [1-9]/m,
    );
    expect(worker).toMatch(/^loopin_breaker_open\{breaker="onesignal"\} 0$/m);
    expect(worker).toMatch(/^loopin_outbox_oldest_seconds /m);
    const named = new Set([...web.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name));
    expect([...named].sort()).toEqual(Object.keys(METRICS).sort());
  });

  async function metricsOf(mode: 'web' | 'worker'): Promise<string> {
    return expectStatus(await new Api(`http://127.0.0.1:${stack.local.ports[mode]}`).get('/metrics'), 200)
      .text;
  }

  const sent = async (type: string, transaction = MESSAGE) =>
    waitFor(
      `${type} of ${transaction}`,
      async () =>
        (await stack.sentry.items()).find(
          (item) => item.type === type && item.event.transaction === transaction,
        )?.event,
      BOUND_MS,
    );

  const span = async (transaction: string) => (await sent('transaction', transaction)).contexts?.trace ?? {};
});

/** The bodies of all messages in fauxqs' picture of a queue, wherever they are in it. */
function bodiesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'string' ? (/^body$/i.test(name) ? [inner] : []) : bodiesIn(inner),
  );
}
