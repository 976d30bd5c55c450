// What a careful person would write by hand: a signed POST over an undici Pool, so many at a time. With `WHICH=ours` our
// sender does the same, as it is built. `POST /?count=` sends so many, and answers when all were taken.
import { createHmac, randomUUID } from 'node:crypto';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Pool } from 'undici';

const { PORT, RECEIVER = '', WHICH, BODY = '' } = process.env;
const AT_ONCE = 128;
const PATH = '/bench';
const KEY = 'a secret of thirty-two bytes or so';

type Send = (id: string) => Promise<void>;

function bare(): Send {
  const pool = new Pool(RECEIVER, { connections: AT_ONCE, pipelining: 1 });
  return async (id) => {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac('sha256', KEY).update(`${id}.${timestamp}.${BODY}`).digest('base64');
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    };
    const { statusCode, body } = await pool.request({ path: PATH, method: 'POST', headers, body: BODY });
    await body.dump();
    if (statusCode !== 204) throw new Error(`the receiver says ${statusCode}`);
  };
}

function ours(): Send {
  const built = createRequire(path.resolve(import.meta.dirname, '../../dist/src/main.js'));
  const { guardedConnector } = built('./platform/outbound/guarded-connector.js');
  const { OriginPools } = built('./platform/outbound/origin-pools.js');
  const { toSigningKey } = built('./modules/webhooks/outbound/sending/signing.js');
  const { UndiciWebhookSender } = built('./modules/webhooks/outbound/sending/undici.webhook-sender.js');
  const sender = new UndiciWebhookSender(new OriginPools(guardedConnector(['127.0.0.1/32'])));
  const keys = [toSigningKey(`whsec_${Buffer.from(KEY).toString('base64')}`)];
  return async (id) => {
    const { status } = await sender.send({
      origin: RECEIVER,
      path: PATH,
      id,
      body: BODY,
      keys,
      now: new Date(),
    });
    if (status !== 204) throw new Error(`the receiver says ${status}`);
  };
}

const send = WHICH === 'ours' ? ours() : bare();

async function sendMany(count: number): Promise<void> {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await send(randomUUID());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

http
  .createServer((request, response) => {
    const count = Number(URL.parse(request.url ?? '/', 'http://bench')?.searchParams.get('count') ?? 0);
    void sendMany(count).then(() => response.end('done'));
  })
  .listen(Number(PORT), '127.0.0.1');
