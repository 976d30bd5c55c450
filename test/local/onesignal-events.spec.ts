import { randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders, type Server } from 'node:http';
import { close, createServer, listen, readJson } from '../../tools/local/http.mts';
import { waitFor } from '../../tools/local/wait.mts';
import { SandboxClient } from './sandbox-client';

jest.setTimeout(60_000);

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

describe('the delivery events of the OneSignal sandbox', () => {
  const received: Received[] = [];
  const statuses: number[] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  let receiver: Server;
  let sandbox: SandboxClient;

  beforeAll(async () => {
    receiver = createServer(async (request, response) => {
      underWay += 1;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      received.push({ headers: request.headers, body: await readJson(request) });
      underWay -= 1;
      response.writeHead(statuses.shift() ?? 202).end();
    });
    const port = await listen(receiver, 0);
    sandbox = await SandboxClient.start(`http://127.0.0.1:${port}/v1/webhooks/onesignal`);
  });
  beforeEach(async () => {
    await sandbox.clear();
    received.length = 0;
    statuses.length = 0;
  });
  afterAll(async () => {
    await sandbox.close();
    await close(receiver);
  });

  const until = (count: number) =>
    waitFor(`${count} events`, () => received.length >= count, { timeoutMs: 30_000 });

  it('follow each delivery, with the shared secret', async () => {
    const id = randomUUID();
    const answer = (await (await sandbox.create({ include_subscription_ids: [id] })).json()) as {
      id: string;
    };
    await until(2);

    expect(received.map(({ headers }) => headers['x-onesignal-webhook-secret'])).toEqual([
      'shared',
      'shared',
    ]);
    const event = (kind: string) => ({
      event: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        kind,
        timestamp: expect.any(Number),
        app_id: sandbox.config.appId,
        subscription_id: id,
      },
      message: { id: answer.id },
    });
    const bodies = received.map(({ body }) => body);
    expect(bodies).toEqual(
      expect.arrayContaining([event('message.push.sent'), event('message.push.received')]),
    );
  });

  it('come again while the web is away, and not when it refuses them', async () => {
    statuses.push(503, 503, 400, 202);
    await sandbox.create();
    await until(4);

    await waitFor('the counts', async () => (await sandbox.summary()).deliveries === 1, { timeoutMs: 1_000 });
    const settled = async () => {
      const { events } = (await sandbox.summary()) as { events: { posted: number; givenUp: number } };
      return events.posted + events.givenUp === 2;
    };
    await waitFor('both events to be settled', settled, { timeoutMs: 30_000 });
    expect(received).toHaveLength(4);
  });

  it('are posted by eight at a time', async () => {
    await sandbox.create({ include_subscription_ids: Array.from({ length: 50 }, () => randomUUID()) });
    await until(100);

    expect(mostUnderWay).toBeLessThanOrEqual(8);
  });

  it('can be switched off', async () => {
    await sandbox.put('settings', { events: false });
    await sandbox.create();
    await sandbox.put('settings', { events: true });
    await sandbox.create();
    await until(2);

    expect(new Set(received.map(({ body }) => JSON.stringify(body.message))).size).toBe(1);
  });
});
