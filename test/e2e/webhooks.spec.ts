import { randomUUID } from 'node:crypto';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
import { Operator } from '../support/operator';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(90_000);

describe('webhooks of OneSignal', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.start();
    await stack.sandbox.settings({ events: false });
  });
  afterAll(() => stack.stop());

  const refusal = (answer: Answer) => [answer.status, answer.json<Problem>().code];

  function event(changes: Record<string, unknown> = {}, messageId: string = randomUUID()) {
    return {
      event: {
        id: randomUUID(),
        kind: 'message.push.received',
        timestamp: Math.floor(Date.now() / 1000),
        app_id: stack.local.env.ONESIGNAL_APP_ID,
        subscription_id: randomUUID(),
        ...changes,
      },
      message: { id: messageId },
    };
  }

  const post = (body: unknown, secret = stack.local.env.ONESIGNAL_WEBHOOK_SECRET ?? '') =>
    stack.api.post('/v1/webhooks/onesignal', body, { 'x-onesignal-webhook-secret': secret });

  const stored = async (id: string) =>
    stack.sql<{ state: string }>('select state from loopin.webhook_events where provider_event_id = $1', [
      id,
    ]);

  it.each(['', 'wrong', 'x'.repeat(43)])(
    'with the secret %j are refused, and nothing is stored',
    async (secret) => {
      const body = event();
      expect(refusal(await post(body, secret))).toEqual([401, 'invalid_signature']);
      expect(await stored(body.event.id)).toEqual([]);
    },
  );

  it('without a secret are refused', async () => {
    const answer = await stack.api.post('/v1/webhooks/onesignal', event());
    expect(refusal(answer)).toEqual([401, 'invalid_signature']);
  });

  it('are stored before they are answered', async () => {
    const body = event();
    const answer = expectStatus(await post(body), 202);
    expect(answer.json()).toEqual({ id: expect.any(String), duplicate: false });
    expect(await stored(body.event.id)).toHaveLength(1);
  });

  it('with an id that came before are duplicates', async () => {
    const body = event();
    const { id } = expectStatus(await post(body), 202).json<{ id: string }>();
    const other = { ...body, message: { id: randomUUID() } };
    expect(expectStatus(await post(other), 202).json()).toEqual({ id, duplicate: true });
  });

  it('posted ten times at once are stored once', async () => {
    const body = event();
    const answers = await Promise.all(range(10).map(() => post(body)));
    const results = answers.map((answer) =>
      expectStatus(answer, 202).json<{ id: string; duplicate: boolean }>(),
    );
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
    expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(await stored(body.event.id)).toHaveLength(1);
  });

  it('of a kind that nobody handles are kept and marked', async () => {
    const body = event({ kind: 'message.email.opened' });
    expectStatus(await post(body), 202);
    await waitFor('the mark', async () => (await stored(body.event.id))[0]?.state === 'ignored', 30_000);
  });

  it('are sealed where they lie', async () => {
    const body = event();
    expectStatus(await post(body), 202);
    const rows = await stack.sql<{ text: string }>(
      "select encode(body_sealed, 'escape') as text from loopin.webhook_events where provider_event_id = $1",
      [body.event.id],
    );
    expect(rows[0]?.text).not.toContain(body.event.subscription_id);
  });

  it('that confirm a delivery are counted once, also when they come twice', async () => {
    const phone = await stack.phone().install();
    const operator = await stack.operator();
    const id = await operator.send(Operator.notification(phone.deviceId));
    await operator.waitUntil(id, ({ counts }) => counts.sent === 1);
    const [delivery] = await stack.sandbox.deliveries(phone.subscriptionId);
    for (const _ of range(2)) {
      const body = event({ subscription_id: phone.subscriptionId }, delivery?.notificationId);
      expectStatus(await post(body), 202);
      await waitFor('the event', async () => (await stored(body.event.id))[0]?.state === 'processed', 30_000);
    }
    const view = await operator.waitUntil(id, ({ counts }) => counts.delivered !== 0);
    expect(view.counts).toMatchObject({ targeted: 1, sent: 1, delivered: 1 });
  });

  it('that come before our own record of the sending count once it is there', async () => {
    const phone = await stack.phone().install();
    const operator = await stack.operator();
    // taken by the provider, but its answer never arrives: the call is repeated after 10 s
    await stack.sandbox.fault('timeout_after', { times: 1, delayMs: 100 });
    const id = await operator.send(Operator.notification(phone.deviceId));
    const delivery = await waitFor(
      'the provider to have it',
      async () => (await stack.sandbox.deliveries(phone.subscriptionId))[0],
      30_000,
    );
    const body = event({ subscription_id: phone.subscriptionId }, delivery.notificationId);
    expectStatus(await post(body), 202);
    await waitFor('the event', async () => (await stored(body.event.id))[0]?.state === 'processed', 30_000);
    const view = await operator.waitUntil(id, ({ counts }) => counts.delivered === 1, 40_000);
    expect(view.counts).toMatchObject({ targeted: 1, sent: 1, delivered: 1, pending: 0 });
  });

  it('are bounded to 1 MiB', async () => {
    const padded = (bytes: number) => ({ ...event(), padding: 'x'.repeat(bytes) });
    expect((await post(padded(900_000))).status).toBe(202);
    expect(refusal(await post(padded(1024 * 1024)))).toEqual([413, 'payload_too_large']);
  });

  it.each(['{"event":', '{}', '{"event":{"id":1}}', ''])(
    'that say %j are not understood',
    async (rawBody) => {
      const answer = await stack.api.request('POST', '/v1/webhooks/onesignal', {
        headers: {
          'content-type': 'application/json',
          'x-onesignal-webhook-secret': stack.local.env.ONESIGNAL_WEBHOOK_SECRET ?? '',
        },
        rawBody,
      });
      expect(refusal(answer)).toEqual([422, 'validation_failed']);
    },
  );

  it('of a source that we do not know are not found', async () => {
    expect(refusal(await stack.api.post('/v1/webhooks/nobody', {}))).toEqual([404, 'not_found']);
  });
});
