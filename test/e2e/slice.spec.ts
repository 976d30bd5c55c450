import { randomUUID } from 'node:crypto';
import { expectStatus } from '../support/api';
import { Operator } from '../support/operator';
import { TestStack } from '../support/test-stack';

jest.setTimeout(90_000);

describe('from a sign-up to a delivered push', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.start();
  });
  afterAll(() => stack.stop());

  it('goes all the way', async () => {
    const phone = await stack.phone().signUp();
    expect(phone.session).toMatchObject({
      tokenType: 'Bearer',
      expiresIn: 900,
      refreshExpiresIn: 604_800,
      user: {
        email: phone.email,
        emailVerified: true,
        displayName: null,
        roles: ['user'],
        mfaEnabled: false,
      },
    });

    const registered = expectStatus(await phone.putDevice(), 201).json<{ device: unknown }>();
    expect(registered.device).toMatchObject({ deviceId: phone.deviceId, push: { provider: 'onesignal' } });
    expect(phone.deviceToken).toBeDefined();

    const operator = await stack.operator();
    const created = await operator.create(
      Operator.notification(phone.deviceId, { title: 'Table', body: 'is ready' }),
    );
    expect(expectStatus(created, 202).json()).toEqual({
      id: expect.any(String),
      status: 'queued',
      recipients: 1,
    });

    const { id } = created.json<{ id: string }>();
    const view = await operator.waitUntil(id, ({ counts }) => counts.delivered === 1);
    expect(view).toEqual({
      id,
      status: 'completed',
      provider: 'onesignal',
      recipients: 1,
      category: 'general',
      template: null,
      dryRun: false,
      respectQuietHours: true,
      createdAt: expect.stringMatching(/Z$/),
      sendAt: null,
      expiresAt: expect.stringMatching(/Z$/),
      audienceResolvedAt: expect.stringMatching(/Z$/),
      completedAt: expect.stringMatching(/Z$/),
      counts: { targeted: 1, pending: 0, suppressed: 0, sent: 1, delivered: 1, failed: 0, invalidToken: 0 },
    });
    const deliveries = await stack.sandbox.deliveries(phone.subscriptionId);
    expect(deliveries).toMatchObject([{ title: 'Table', body: 'is ready' }]);
  });

  it('carries one correlation id through web, message, worker and provider', async () => {
    const phone = await stack.phone().install();
    const operator = await stack.operator();
    const correlationId = randomUUID().toUpperCase();
    const created = await operator.create(Operator.notification(phone.deviceId), {
      'x-request-id': correlationId,
    });
    expect(expectStatus(created, 202).headers.get('x-request-id')).toBe(correlationId);
    await operator.waitUntil(created.json<{ id: string }>().id, ({ counts }) => counts.delivered === 1);

    const ofIt = (line: { correlationId?: string }) => line.correlationId === correlationId;
    await stack.logLine('web', (line) => ofIt(line) && line.message === 'request');
    const handled = (type: string) =>
      stack.logLine(
        'worker',
        (line) => ofIt(line) && line.messageType === type && line.message === 'message handled',
      );
    await handled('push.resolve-audience');
    await handled('push.deliver-chunk');
    const bodies = await stack.sql<{ body: string }>('select body from loopin.outbox where body like $1', [
      `%${correlationId}%`,
    ]);
    expect(bodies.map(({ body }) => JSON.parse(body).type).sort()).toEqual([
      'push.deliver-chunk',
      'push.resolve-audience',
    ]);
    const calls = await stack.sandbox.calls();
    expect(calls.filter(({ headers }) => headers['x-request-id'] === correlationId)).toHaveLength(1);
  });

  it('completes at once for an audience of nobody', async () => {
    const operator = await stack.operator();
    const id = await operator.send(Operator.notification(randomUUID()));
    const view = await operator.waitUntil(id, ({ status }) => status === 'completed');
    expect(view.counts).toMatchObject({ targeted: 0, sent: 0, delivered: 0 });
  });

  it('tells which recipients can not be reached any more', async () => {
    const phone = await stack.phone().install();
    await stack.sandbox.subscriptions({ invalid: [phone.subscriptionId] });
    const operator = await stack.operator();
    const id = await operator.send(Operator.notification(phone.deviceId));
    const view = await operator.waitUntil(id, ({ completedAt }) => completedAt !== null);
    expect(view).toMatchObject({ status: 'failed', counts: { targeted: 1, invalidToken: 1, sent: 0 } });
  });

  it.each(['500', 'timeout_after', 'reset', 'invalid_json', '429'])(
    'delivers once through a provider that has a bad moment: %s',
    async (mode) => {
      const phone = await stack.phone().install();
      const operator = await stack.operator();
      await stack.sandbox.fault(mode, { times: 1, delayMs: 100 });
      const id = await operator.send(Operator.notification(phone.deviceId));
      await operator.waitUntil(id, ({ counts }) => counts.sent === 1, 30_000);
      expect(await stack.sandbox.deliveries(phone.subscriptionId)).toHaveLength(1);
    },
  );
});
