import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import type { LocalStack } from '../local/client.mts';
import { LOOPBACK } from '../local/ports.mts';
import { type Answer, Api, answerTo, type Backend, backendAt, isRecord, UUID } from './api.mts';
import { expectEqual, expectText, expectThat, until } from './expect.mts';
import type { Narrator } from './narrator.mts';
import type { Phone } from './phone.mts';
import { ROOT } from './temporary-stack.mts';

const run = promisify(execFile);
const COMMAND_TIMEOUT_MS = 30_000;
const CREATE_KEY = ['apikey', 'create', '--name', 'demo', '--scopes', 'push:send', '--json'];

/** The push that is followed through everything. */
export interface Push {
  readonly notificationId: string;
  readonly correlationId: string;
}

interface Server {
  readonly backend: Backend;
  readonly sandbox: Api;
  readonly apiKey: string;
  readonly idempotencyKey: string;
  readonly phone: Phone;
}

/** The operator's server sends one push to the phone, and hears that it arrived. */
export async function playServer(narrator: Narrator, stack: LocalStack, phone: Phone): Promise<Push> {
  const server: Server = {
    backend: backendAt(stack.url),
    sandbox: new Api(`http://${LOOPBACK}:${stack.ports.onesignal}`),
    apiKey: await createApiKey(narrator, stack),
    idempotencyKey: `demo-${randomUUID()}`,
    phone,
  };
  const correlationId = randomUUID();
  const first = await send(narrator, server, correlationId);
  await sendAgain(narrator, server, first);
  await readLedger(narrator, server);
  await awaitEvents(narrator, server);
  await readCounts(narrator, server, first.text('id'));
  return { notificationId: first.text('id'), correlationId };
}

function createApiKey(narrator: Narrator, stack: LocalStack): Promise<string> {
  return narrator.step('The operator makes an API key for a server.', async (detail) => {
    const { stdout } = await run(process.execPath, [path.join(ROOT, 'tools/cli/run.mjs'), ...CREATE_KEY], {
      cwd: ROOT,
      // only what the stack says: a DATABASE_URL of another project must not get in between
      env: { ...process.env, ...stack.env, LOCAL_STATE: stack.state },
      timeout: COMMAND_TIMEOUT_MS,
    });
    const answer: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    const { key, scopes, expiresAt } = isRecord(answer) ? answer : {};
    const apiKey = expectText('the key', key, /^lk_[0-9A-Za-z]{16}_[0-9A-Za-z]{43}$/);
    expectEqual('its scopes', scopes, ['push:send']);
    detail(`npm run --silent cli -- ${CREATE_KEY.join(' ')}`);
    detail(`${apiKey.slice(0, 20)}… for ${scopes}, until ${expiresAt}`);
    return apiKey;
  });
}

function post({ backend, apiKey, idempotencyKey, phone }: Server, requestId: string): Promise<Answer> {
  return answerTo(
    backend.POST('/v1/push/notifications', {
      params: { header: { 'Idempotency-Key': idempotencyKey } },
      headers: { 'x-api-key': apiKey, 'x-request-id': requestId },
      body: {
        audience: { users: [phone.userId] },
        content: { title: 'Hello, Ada', body: 'Your first push has arrived.' },
      },
    }),
  );
}

function send(narrator: Narrator, server: Server, correlationId: string): Promise<Answer> {
  return narrator.step(
    'The server posts a push to that user, under a request id of its own.',
    async (detail) => {
      const answer = await post(server, correlationId);
      const id = answer.expectStatus(202).text('id', UUID);
      expectEqual('status', answer.read('status'), 'queued');
      expectEqual('X-Request-ID', answer.headers.get('x-request-id'), correlationId);
      expectEqual('Idempotency-Replayed', answer.headers.get('idempotency-replayed'), null);
      detail(`${answer.line}: ${answer.read('status')}`);
      detail(`notification    ${id}`);
      detail(`X-Request-ID    ${correlationId}`);
      detail(`Idempotency-Key ${server.idempotencyKey}`);
      return answer;
    },
  );
}

async function sendAgain(narrator: Narrator, server: Server, first: Answer): Promise<void> {
  const sentence = 'It posts the same again, as after a lost answer: it gets the first answer back.';
  await narrator.step(sentence, async (detail) => {
    const again = await post(server, randomUUID());
    expectEqual('the answer', again.expectStatus(202).body, first.body);
    expectEqual('Idempotency-Replayed', again.headers.get('idempotency-replayed'), 'true');
    detail(`${again.line}: Idempotency-Replayed: true, the same notification`);
  });
}

async function readLedger(narrator: Narrator, { sandbox, phone }: Server): Promise<void> {
  await narrator.step('The worker hands it to OneSignal, once.', async (detail) => {
    const deliveries = await until(
      'the provider’s ledger',
      'a delivery to the phone’s subscription',
      () => sandbox.get(`/_sandbox/deliveries?subscriptionId=${phone.subscriptionId}`),
      ({ body }) => (Array.isArray(body) && body.length > 0 ? body : undefined),
    );
    const delivery: unknown = deliveries[0];
    expectEqual('deliveries', deliveries.length, 1);
    const { title, body, notificationId } = isRecord(delivery) ? delivery : {};
    expectEqual('the title', title, 'Hello, Ada');
    detail(`the provider’s ledger: “${title}: ${body}”`);
    detail(`the provider’s id ${notificationId}`);
  });
}

async function awaitEvents(narrator: Narrator, { sandbox }: Server): Promise<void> {
  await narrator.step('OneSignal posts its delivery events to our webhook.', async (detail) => {
    const events = await until(
      'the events',
      'two posted (sent, received), none refused',
      async () => (await sandbox.get('/_sandbox/summary')).read('events'),
      (seen) => (isRecord(seen) && Number(seen.posted) >= 2 ? seen : undefined),
    );
    expectEqual('events that we refused', events.givenUp, 0);
    detail(`POST /v1/webhooks/onesignal, ${events.posted} events (sent, received): both taken`);
  });
}

async function readCounts(narrator: Narrator, { backend, apiKey }: Server, id: string): Promise<void> {
  await narrator.step('The server reads the counts: delivered.', async (detail) => {
    const answer = await until(
      'the notification',
      'completed, with one delivered',
      () =>
        answerTo(
          backend.GET('/v1/push/notifications/{id}', {
            params: { path: { id } },
            headers: { 'x-api-key': apiKey },
          }),
        ),
      (seen) =>
        seen.read('status') === 'completed' && seen.read('counts.delivered') === 1 ? seen : undefined,
    );
    const counts = answer.expectStatus(200).read('counts');
    const { targeted, sent, delivered, pending } = isRecord(counts) ? counts : {};
    expectEqual('targeted, sent, delivered, pending', [targeted, sent, delivered, pending], [1, 1, 1, 0]);
    expectThat('failures', answer.read('counts.failed') === 0, 'none', counts);
    detail(`${answer.line}: ${answer.read('status')} by ${answer.read('provider')}`);
    detail(`targeted ${targeted}, sent ${sent}, delivered ${delivered}, pending ${pending}`);
  });
}
