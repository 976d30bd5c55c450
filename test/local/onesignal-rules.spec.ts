import { randomUUID } from 'node:crypto';
import { SandboxClient } from './sandbox-client';

jest.setTimeout(60_000);

describe('the rules of the OneSignal sandbox', () => {
  let sandbox: SandboxClient;

  beforeAll(async () => {
    sandbox = await SandboxClient.start();
  });
  beforeEach(() => sandbox.clear());
  afterAll(() => sandbox.close());

  const ids = (count: number) => Array.from({ length: count }, () => randomUUID());

  it('delivers a valid notification and answers its id', async () => {
    const [id] = ids(1);
    const response = await sandbox.create({ include_subscription_ids: [id] });

    expect(response.status).toBe(200);
    const answer = (await response.json()) as { id: string };
    expect(answer).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), external_id: null });
    expect(await sandbox.look(`deliveries?subscriptionId=${id}`)).toEqual([
      {
        subscriptionId: id,
        notificationId: answer.id,
        idempotencyKey: null,
        title: 'Loopin',
        body: 'Your table is ready',
        at: expect.stringMatching(/^\d{4}-/),
      },
    ]);
  });

  it('counts who got something, and what came twice', async () => {
    const [one, other] = ids(2);
    await sandbox.create({ include_subscription_ids: [one, other] });
    await sandbox.create({ include_subscription_ids: [one] });
    expect(await sandbox.summary()).toMatchObject({ deliveries: 3, recipients: 2, repeated: 1 });
  });

  it.each([
    ['no header', undefined, 401],
    ['another scheme', 'Bearer os_v2_app_test', 401],
    ['another key', 'Key os_v2_app_other', 403],
    ['the older scheme', 'Basic os_v2_app_test', 200],
  ])('checks the key: %s', async (_, authorization, status) => {
    const response = await sandbox.create({}, { headers: authorization ? { authorization } : {} });

    expect(response.status).toBe(status);
    if (status !== 200)
      expect(await response.json()).toEqual({ errors: [expect.stringContaining('denied')] });
  });

  it.each([
    ['another app', { app_id: randomUUID() }, 'app_id not found'],
    ['no app', { app_id: undefined }, 'app_id not found'],
    ['no contents', { contents: undefined }, 'must not be null'],
    ['no English contents', { contents: { ur: 'میز' } }, 'English'],
    ['no targeting', { include_subscription_ids: undefined }, 'You must include which players'],
    ['two ways of targeting', { included_segments: ['All'] }, 'Only one way'],
    ['an id that is no UUID', { include_subscription_ids: ['86'] }, 'not a valid UUID'],
    ['too many ids', { include_subscription_ids: ids(2_001) }, '2001 ids, more than 2000'],
    ['an idempotency key that is no UUID', { idempotency_key: 'order-7' }, 'valid UUID'],
    ['a long collapse id', { collapse_id: 'x'.repeat(65) }, 'at most 64'],
    ['a large payload', { data: { text: 'x'.repeat(4_096) } }, 'more than 4096'],
  ])('refuses %s', async (_, changes, text) => {
    const response = await sandbox.create(changes);

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ errors: [expect.stringContaining(text)] });
    expect(await sandbox.look('deliveries')).toEqual([]);
  });

  it('accepts what is just within the limits', async () => {
    const most = { include_subscription_ids: ids(2_000), collapse_id: 'x'.repeat(64) };
    expect((await sandbox.create(most)).status).toBe(200);
    expect(await sandbox.summary()).toMatchObject({ deliveries: 2_000, notifications: 1 });
  });

  it('accepts a template in place of contents', async () => {
    const template = { contents: undefined, template_id: randomUUID() };
    expect((await sandbox.create(template)).status).toBe(200);
  });

  it('takes its limit of recipients from the settings', async () => {
    expect(await sandbox.put('settings', { maxRecipients: 2 })).toBe(204);
    expect((await sandbox.create({ include_subscription_ids: ids(3) })).status).toBe(400);
    expect(await sandbox.put('settings', { maxRecipient: 2 })).toBe(400);
  });

  it('names unreachable subscriptions beside a reachable one', async () => {
    const [good, invalid, unsubscribed] = ids(3);
    await sandbox.put('subscriptions', { invalid: [invalid], unsubscribed: [unsubscribed] });

    const response = await sandbox.create({ include_subscription_ids: [good, invalid, unsubscribed] });

    expect(await response.json()).toMatchObject({
      id: expect.stringMatching(/./),
      errors: { invalid_player_ids: [invalid, unsubscribed] },
    });
    expect(await sandbox.look('deliveries')).toHaveLength(1);
  });

  it('answers 200 with an empty id when nobody is left', async () => {
    const [invalid] = ids(1);
    await sandbox.put('subscriptions', { invalid: [invalid] });

    const response = await sandbox.create({ include_subscription_ids: [invalid] });

    expect(response.status).toBe(200);
    const errors = ['All included players are not subscribed'];
    expect(await response.json()).toEqual({ id: '', external_id: null, errors });
  });

  it('answers the first result of an idempotency key again and delivers once', async () => {
    const key = randomUUID();
    const [id] = ids(1);
    const first = await sandbox.create({ idempotency_key: key, include_subscription_ids: [id] });
    const again = await sandbox.create({ external_id: key.toUpperCase(), contents: { en: 'Other' } });

    expect(await again.json()).toEqual(await first.json());
    expect(await sandbox.look('deliveries')).toHaveLength(1);
    expect(await sandbox.look('calls')).toMatchObject([
      { status: 200, recipients: 1, replayed: false, idempotencyKey: key },
      { status: 200, recipients: 0, replayed: true },
    ]);
  });

  it('shows every call with its headers, status and recipients', async () => {
    await sandbox.create({ app_id: 'other' });
    const [call] = await sandbox.look('calls');

    expect(call).toMatchObject({
      method: 'POST',
      path: '/notifications?c=push',
      headers: { authorization: 'Key os_v2_app_test', 'content-type': 'application/json' },
      status: 400,
      recipients: 0,
    });
  });

  it('forgets everything on DELETE', async () => {
    const key = randomUUID();
    await sandbox.create({ idempotency_key: key });
    await sandbox.put('faults', { mode: '500' });
    await sandbox.clear();

    expect(await sandbox.look('deliveries')).toEqual([]);
    expect((await sandbox.create({ idempotency_key: key })).status).toBe(200);
    expect(await sandbox.look('deliveries')).toHaveLength(1);
  });
});
