import { randomUUID } from 'node:crypto';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { expectStatus, type Problem } from '../support/api';
import { TestStack } from '../support/test-stack';
import { type Persona, TestTokens } from '../support/test-tokens';
import { waitFor } from '../support/wait-for';
import { type ReceivedWebhook, WebhookReceiver } from '../support/webhook-receiver';

jest.setTimeout(180_000);

interface EndpointView {
  readonly id: string;
  readonly url: string;
  readonly eventTypes: string[];
  readonly state: string;
  readonly disabledReason: string | null;
  readonly secret: string;
}

interface DeliveryView {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly attemptCount: number;
  readonly attempts: { outcome: string; status: number; latencyMs: number; response: string | null }[];
}

describe('webhook endpoints', () => {
  let stack: TestStack;
  let receiver: WebhookReceiver;
  let admin: Persona;
  let developer: Persona;

  beforeAll(async () => {
    stack = await TestStack.start();
    receiver = await WebhookReceiver.start();
    const tokens = new TestTokens(stack);
    admin = await tokens.persona({ roles: ['user', 'admin'], aal: 'aal2' });
    developer = await tokens.persona({ roles: ['user', 'developer'] });
  });
  afterAll(async () => {
    await receiver.stop();
    await stack.stop();
  });

  const PATH = '/v1/webhook-endpoints';
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    stack.api.request(method, `${PATH}${path}`, { headers: { ...admin.authorization, ...headers }, body });
  const newPath = () => `/${randomUUID()}`;

  async function create(path: string, ...eventTypes: string[]): Promise<EndpointView> {
    const answer = await call('POST', '', { url: receiver.url(path), eventTypes });
    return expectStatus(answer, 200).json<EndpointView>();
  }

  const deliveries = async (id: string, query = '') =>
    expectStatus(await call('GET', `/${id}/deliveries${query}`), 200).json<{
      data: DeliveryView[];
      nextCursor: string | null;
    }>();

  const settled = (id: string, state: string) =>
    waitFor(
      `a delivery that is ${state}`,
      async () => {
        const { data } = await deliveries(id);
        if (data[0]?.state !== state) throw new Error(JSON.stringify(data));
        return data[0];
      },
      20_000,
    );

  const verify = (secret: string, webhook: ReceivedWebhook | undefined) => {
    for (const Library of [StandardWebhook, SvixWebhook])
      new Library(secret).verify(webhook?.body ?? '', webhook?.headers as Record<string, string>);
  };

  it('hear of accounts and devices as they come and go', async () => {
    const path = newPath();
    const { secret } = await create(path, 'user.created', 'device.registered', 'device.removed');
    const phone = await stack.phone().signUp();
    expectStatus(
      await stack.api.request('DELETE', `/v1/devices/${phone.deviceId}`, { headers: phone.authorization }),
      204,
    );
    const webhooks = await receiver.wait(path, 3);
    for (const webhook of webhooks) verify(secret, webhook);
    const { deviceId } = phone;
    const userId = phone.session.user.id;
    expect(webhooks.map(({ body }) => JSON.parse(body))).toEqual([
      { type: 'user.created', timestamp: expect.any(String), data: { userId } },
      {
        type: 'device.registered',
        timestamp: expect.any(String),
        data: { userId, deviceId, platform: 'ios' },
      },
      { type: 'device.removed', timestamp: expect.any(String), data: { userId, deviceId } },
    ]);
  });

  it('hear of pushes: completed, and who got it in one event of many', async () => {
    const path = newPath();
    await create(path, 'push.completed', 'push.delivered');
    const phone = await stack.phone().install();
    const operator = await stack.operator();
    const userId = phone.session.user.id;
    const notificationId = await operator.send({
      audience: { users: [userId] },
      content: { title: 'Hello' },
    });
    const webhooks = await receiver.wait(path, 2, 40_000);
    const bodies = webhooks.map(({ body }) => JSON.parse(body) as { type: string; data: object });
    const { deviceId } = phone;
    expect(bodies.find(({ type }) => type === 'push.completed')?.data).toEqual({
      notificationId,
      status: 'completed',
    });
    expect(bodies.find(({ type }) => type === 'push.delivered')?.data).toEqual({
      notificationId,
      recipients: [{ userId, deviceId }],
    });
  });

  it('show their secret once: a repeated request has the same answer, and no row has the secret', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { url: receiver.url(newPath()), eventTypes: ['user.created'] };
    const first = expectStatus(await call('POST', '', body, headers), 200);
    const second = expectStatus(await call('POST', '', body, headers), 200);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.text).toBe(first.text);
    const { id, secret } = first.json<EndpointView>();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(expectStatus(await call('GET', `/${id}`), 200).text).not.toContain('whsec_');
    const [dump] = await stack.sql<{ text: string }>(
      `select (select string_agg(e::text, '') from loopin.webhook_endpoints e) ||
              (select string_agg(k::text, '') from loopin.idempotency_keys k) as text`,
    );
    expect(dump?.text).not.toContain(secret);
    expect(dump?.text).not.toContain(Buffer.from(secret).toString('hex'));
  });

  it.each([
    ['https://127.0.0.2.example.com:99999/', 'is not a URL'],
    ['https://10.0.0.1/', 'is not an address of the public internet'],
    ['https://0xa9fea9fe/', 'is not an address of the public internet'],
    ['https://[::ffff:10.0.0.1]/', 'is not an address of the public internet'],
    ['ftp://example.com/', 'has to be an https URL'],
    ['https://me:me@example.com/', 'may not hold a user or a password'],
  ])('are not made for %s', async (url, message) => {
    const answer = await call('POST', '', { url, eventTypes: ['user.created'] });
    expect([answer.status, answer.json<Problem>().errors]).toEqual([422, [{ path: 'url', message }]]);
  });

  it.each([[['nobody.knows']], [[]], [['user.created', 'user.created']]])(
    'are not made for %j',
    async (eventTypes) => {
      const answer = await call('POST', '', { url: receiver.url('/'), eventTypes });
      expect([answer.status, answer.json<Problem>().code]).toEqual([422, 'validation_failed']);
    },
  );

  it('are changed by who has read them', async () => {
    const { id } = await create(newPath(), 'user.created');
    const read = await call('GET', `/${id}`);
    const etag = read.headers.get('etag') ?? '';
    expect((await call('GET', `/${id}`, undefined, { 'if-none-match': etag })).status).toBe(304);
    const changed = expectStatus(
      await call(
        'PATCH',
        `/${id}`,
        { description: 'Shop', eventTypes: ['push.completed'] },
        { 'if-match': etag },
      ),
      200,
    );
    expect(changed.json()).toMatchObject({ description: 'Shop', eventTypes: ['push.completed'] });
    const late = await call('PATCH', `/${id}`, { description: null }, { 'if-match': etag });
    expect([late.status, late.json<Problem>().code]).toEqual([412, 'precondition_failed']);
    expect((await call('DELETE', `/${id}`, undefined, { 'if-match': etag })).status).toBe(412);
    const now = changed.headers.get('etag') ?? '';
    expect((await call('DELETE', `/${id}`, undefined, { 'if-match': now })).status).toBe(204);
    for (const path of [`/${id}`, `/${id}/deliveries`]) expect((await call('GET', path)).status).toBe(404);
    expect((await call('POST', `/${id}/test`)).status).toBe(404);
  });

  it('are tested, looked at, and sent to again', async () => {
    const path = newPath();
    receiver.reply(path, (response) => response.writeHead(400).end('no such shop'));
    const { id, secret } = await create(path, 'user.created');
    const test = expectStatus(await call('POST', `/${id}/test`), 202).json<{ id: string }>();
    const [webhook] = await receiver.wait(path);
    verify(secret, webhook);
    expect([webhook?.id, JSON.parse(webhook?.body ?? '').type]).toEqual([test.id, 'webhook.test']);
    const [failed] = await waitFor(
      'its first attempt',
      async () => (await deliveries(id)).data.filter(({ attempts }) => attempts.length > 0),
      10_000,
    );
    expect(failed).toMatchObject({ id: test.id, type: 'webhook.test', state: 'pending' });
    expect(failed?.attempts.at(-1)).toMatchObject({
      outcome: 'rejected',
      status: 400,
      response: 'no such shop',
    });
    receiver.reply(path, 200);
    expectStatus(await call('POST', `/${id}/deliveries/${test.id}/resend`), 202);
    expect((await settled(id, 'delivered')).attempts[0]).toMatchObject({ outcome: 'delivered', status: 200 });
    expect((await call('POST', `/${id}/deliveries/${randomUUID()}/resend`)).status).toBe(404);
  });

  it('page through their deliveries, by state too', async () => {
    const path = newPath();
    const { id } = await create(path, 'user.created');
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1)
      ids.push(expectStatus(await call('POST', `/${id}/test`), 202).json<{ id: string }>().id);
    await receiver.wait(path, 5);
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await deliveries(id, `?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.data.map((delivery) => delivery.id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids.toReversed());
    await settled(id, 'delivered');
    expect((await deliveries(id, '?state=failed')).data).toEqual([]);
    expect((await call('GET', `/${id}/deliveries?state=lost`)).status).toBe(422);
  });

  it('that are disabled get nothing, and catch up once they are enabled', async () => {
    const path = newPath();
    receiver.reply(path, 410);
    const { id } = await create(path, 'user.created');
    await stack.phone().signUp();
    await waitFor(
      'it to be disabled',
      async () => (await call('GET', `/${id}`)).json<EndpointView>().disabledReason === 'gone',
      20_000,
    );
    const since = new Date(Date.now() - 60_000).toISOString();
    for (const [action, body] of [['test'], ['recover', { since }]] as const) {
      const refused = await call('POST', `/${id}/${action}`, body);
      expect([refused.status, refused.json<Problem>().code]).toEqual([409, 'webhook_endpoint_disabled']);
    }
    await stack.phone().signUp();
    receiver.reply(path, 204);
    expectStatus(await call('PATCH', `/${id}`, { state: 'enabled' }), 200);
    const recovered = expectStatus(await call('POST', `/${id}/recover`, { since }), 202);
    expect(recovered.json()).toEqual({ count: expect.any(Number), nextSince: null });
    const webhooks = await receiver.wait(path, 1 + recovered.json<{ count: number }>().count);
    expect(new Set(webhooks.map((webhook) => webhook.id)).size).toBe(webhooks.length - 1);
    const old = new Date(Date.now() - 15 * 86_400_000).toISOString();
    expect((await call('POST', `/${id}/recover`, { since: old })).status).toBe(422);
  });

  it('rotate their secret', async () => {
    const path = newPath();
    const { id, secret: old } = await create(path, 'user.created');
    const headers = { 'idempotency-key': randomUUID() };
    const rotated = expectStatus(await call('POST', `/${id}/secret/rotate`, undefined, headers), 200);
    const again = expectStatus(await call('POST', `/${id}/secret/rotate`, undefined, headers), 200);
    expect(again.text).toBe(rotated.text);
    expectStatus(await call('POST', `/${id}/test`), 202);
    const [webhook] = await receiver.wait(path);
    for (const secret of [old, rotated.json<{ secret: string }>().secret]) verify(secret, webhook);
  });

  it('are documented: what may be subscribed to, and what is sent', async () => {
    const types = expectStatus(
      await stack.api.get('/v1/webhook-event-types', developer.authorization),
      200,
    ).json<{ data: { type: string; schema: { properties: object } }[] }>();
    const names = types.data.map(({ type }) => type);
    expect(names).toContain('push.delivered');
    expect(types.data[0]?.schema.properties).toHaveProperty('data');
    const openApi = expectStatus(await stack.api.get('/openapi.json'), 200).json<{
      openapi: string;
      webhooks: Record<string, unknown>;
    }>();
    expect(openApi.openapi).toMatch(/^3\.1/);
    expect(Object.keys(openApi.webhooks).sort()).toEqual([...names, 'webhook.test'].sort());
  });

  it('are at most 200', async () => {
    await stack.sql(
      `insert into loopin.webhook_endpoints (id, url, event_types, state, secrets_sealed, created_at, updated_at)
       select gen_random_uuid(), 'https://example.com', '{push.completed}', 'disabled', '', now(), now()
       from generate_series(1, 200 - (select count(*) from loopin.webhook_endpoints))`,
    );
    const answer = await call('POST', '', { url: receiver.url('/'), eventTypes: ['user.created'] });
    expect([answer.status, answer.json<Problem>().code]).toEqual([409, 'webhook_endpoint_limit_reached']);
  });
});
