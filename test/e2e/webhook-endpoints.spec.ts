import { randomUUID } from 'node:crypto';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { expectStatus, type Problem } from '../support/api';
import { EndpointManager, type EndpointView } from '../support/endpoint-manager';
import { TestStack } from '../support/test-stack';
import { type Persona, TestTokens } from '../support/test-tokens';
import { waitFor } from '../support/wait-for';
import { type ReceivedWebhook, WebhookReceiver } from '../support/webhook-receiver';

jest.setTimeout(180_000);

describe('webhook endpoints', () => {
  let stack: TestStack;
  let receiver: WebhookReceiver;
  let manager: EndpointManager;
  let developer: Persona;

  beforeAll(async () => {
    stack = await TestStack.shared();
    receiver = await WebhookReceiver.start();
    const tokens = new TestTokens(stack);
    const admin = await tokens.persona({ roles: ['user', 'admin'], aal: 'aal2' });
    manager = new EndpointManager(stack, admin);
    developer = await tokens.persona({ roles: ['user', 'developer'] });
  });
  afterAll(async () => {
    await stack.sql('delete from loopin.webhook_endpoints');
    await receiver.stop();
    await stack.stop();
  });

  const newPath = () => `/${randomUUID()}`;
  const create = (path: string, ...eventTypes: string[]) => manager.create(receiver.url(path), ...eventTypes);

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
    const first = expectStatus(await manager.call('POST', '', body, headers), 200);
    const second = expectStatus(await manager.call('POST', '', body, headers), 200);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.text).toBe(first.text);
    const { id, secret } = first.json<EndpointView>();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(expectStatus(await manager.call('GET', `/${id}`), 200).text).not.toContain('whsec_');
    const [dump] = await stack.sql<{ text: string }>(
      `select (select string_agg(e::text, '') from loopin.webhook_endpoints e) ||
              (select string_agg(k::text, '') from loopin.idempotency_keys k) as text`,
    );
    expect(dump?.text).not.toContain(secret);
    expect(dump?.text).not.toContain(Buffer.from(secret).toString('hex'));
  });

  const NO_PUBLIC = 'is not an address of the public internet';
  it.each([
    [{ url: 'https://example.com:99999/' }, 'is not a URL'],
    [{ url: 'https://10.0.0.1/' }, NO_PUBLIC],
    [{ url: 'https://0xa9fea9fe/' }, NO_PUBLIC],
    [{ url: 'https://[::ffff:10.0.0.1]/' }, NO_PUBLIC],
    [{ url: 'ftp://example.com/' }, 'has to be an https URL'],
    [{ url: 'https://me:me@example.com/' }, 'may not hold a user or a password'],
    [{ eventTypes: ['nobody.knows'] }, expect.any(String)],
    [{ eventTypes: [] }, expect.any(String)],
    [{ eventTypes: ['user.created', 'user.created'] }, 'names one twice'],
  ])('are not made with %j', async (change, message) => {
    const body = { url: 'https://example.com', eventTypes: ['user.created'], ...change };
    const answer = await manager.call('POST', '', body);
    expect([answer.status, answer.json<Problem>().errors]).toEqual([
      422,
      [{ path: expect.any(String), message }],
    ]);
  });

  it('are changed by who has read them', async () => {
    const { id } = await create(newPath(), 'user.created');
    const read = await manager.call('GET', `/${id}`);
    const etag = read.headers.get('etag') ?? '';
    expect((await manager.call('GET', `/${id}`, undefined, { 'if-none-match': etag })).status).toBe(304);
    const changed = expectStatus(
      await manager.call(
        'PATCH',
        `/${id}`,
        { description: 'Shop', eventTypes: ['push.completed'] },
        { 'if-match': etag },
      ),
      200,
    );
    expect(changed.json()).toMatchObject({ description: 'Shop', eventTypes: ['push.completed'] });
    const late = await manager.call('PATCH', `/${id}`, { description: null }, { 'if-match': etag });
    expect([late.status, late.json<Problem>().code]).toEqual([412, 'precondition_failed']);
    expect((await manager.call('DELETE', `/${id}`, undefined, { 'if-match': etag })).status).toBe(412);
    const now = changed.headers.get('etag') ?? '';
    expect((await manager.call('DELETE', `/${id}`, undefined, { 'if-match': now })).status).toBe(204);
    for (const path of [`/${id}`, `/${id}/deliveries`])
      expect((await manager.call('GET', path)).status).toBe(404);
    expect((await manager.call('POST', `/${id}/test`)).status).toBe(404);
  });

  it('are tested, looked at, and sent to again', async () => {
    const path = newPath();
    receiver.reply(path, (response) => response.writeHead(400).end('no such shop'));
    const { id, secret } = await create(path, 'user.created');
    const test = await manager.test(id);
    const [webhook] = await receiver.wait(path);
    verify(secret, webhook);
    expect([webhook?.id, JSON.parse(webhook?.body ?? '').type]).toEqual([test, 'webhook.test']);
    const failed = await waitFor(
      'its first attempt',
      async () => (await manager.deliveries(id)).data.find(({ attempts }) => attempts.length > 0),
      30_000,
    );
    expect(failed).toMatchObject({ id: test, type: 'webhook.test', state: 'pending' });
    expect(failed.attempts.at(-1)).toMatchObject({
      outcome: 'rejected',
      status: 400,
      response: 'no such shop',
    });
    receiver.reply(path, 200);
    expectStatus(await manager.call('POST', `/${id}/deliveries/${test}/resend`), 202);
    expect((await manager.settled(id, 'delivered')).attempts[0]).toMatchObject({
      outcome: 'delivered',
      status: 200,
    });
    expect((await manager.call('POST', `/${id}/deliveries/${randomUUID()}/resend`)).status).toBe(404);
  });

  it('page through their deliveries, by state too', async () => {
    const path = newPath();
    const { id } = await create(path, 'user.created');
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push(await manager.test(id));
    await receiver.wait(path, 5);
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await manager.deliveries(id, `?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.data.map((delivery) => delivery.id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids.toReversed());
    await manager.settled(id, 'delivered');
    expect((await manager.deliveries(id, '?state=failed')).data).toEqual([]);
    expect((await manager.call('GET', `/${id}/deliveries?state=lost`)).status).toBe(422);
  });

  it('that are disabled get nothing, and catch up once they are enabled', async () => {
    const path = newPath();
    receiver.reply(path, 410);
    const { id } = await create(path, 'user.created');
    await stack.phone().signUp();
    await waitFor(
      'it to be disabled',
      async () => (await manager.call('GET', `/${id}`)).json<EndpointView>().disabledReason === 'gone',
      20_000,
    );
    const since = new Date(Date.now() - 60_000).toISOString();
    for (const [action, body] of [['test'], ['recover', { since }]] as const) {
      const refused = await manager.call('POST', `/${id}/${action}`, body);
      expect([refused.status, refused.json<Problem>().code]).toEqual([409, 'webhook_endpoint_disabled']);
    }
    await stack.phone().signUp();
    receiver.reply(path, 204);
    expectStatus(await manager.call('PATCH', `/${id}`, { state: 'enabled' }), 200);
    const recovered = expectStatus(await manager.call('POST', `/${id}/recover`, { since }), 202);
    expect(recovered.json()).toEqual({ count: expect.any(Number), nextSince: null });
    const webhooks = await receiver.wait(path, 1 + recovered.json<{ count: number }>().count);
    expect(new Set(webhooks.map((webhook) => webhook.id)).size).toBe(webhooks.length - 1);
    const old = new Date(Date.now() - 15 * 86_400_000).toISOString();
    expect((await manager.call('POST', `/${id}/recover`, { since: old })).status).toBe(422);
  });

  it('rotate their secret', async () => {
    const path = newPath();
    const { id, secret: old } = await create(path, 'user.created');
    const headers = { 'idempotency-key': randomUUID() };
    const rotated = expectStatus(await manager.call('POST', `/${id}/secret/rotate`, undefined, headers), 200);
    const again = expectStatus(await manager.call('POST', `/${id}/secret/rotate`, undefined, headers), 200);
    expect(again.text).toBe(rotated.text);
    await manager.test(id);
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
});
