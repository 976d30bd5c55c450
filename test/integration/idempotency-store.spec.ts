import { randomBytes } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import { Idempotency } from '../../src/platform/http/idempotency';
import { IdempotencyStore } from '../../src/platform/http/idempotency-store';
import { sha256 } from '../../src/shared/hash';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(120_000);

const REQUEST = sha256('the request');
const OTHER_REQUEST = sha256('another request');
const ANSWER = { status: 202, body: Buffer.from('sealed'), headers: Buffer.from('sealed too') };

describe('kept answers', () => {
  let services: Services;
  let clock: TestClock;
  let store: IdempotencyStore;
  let key: Buffer;

  beforeAll(async () => {
    services = await Services.start();
  });
  beforeEach(() => {
    clock = new TestClock();
    clock.stop();
    store = new IdempotencyStore(services.database(), clock);
    key = randomBytes(32);
  });
  afterAll(() => services.stop());

  async function claimed(fingerprint = REQUEST): Promise<string> {
    const claim = await store.claim(key, fingerprint);
    if (claim.outcome !== 'claimed') throw new Error(`expected to claim it: ${claim.outcome}`);
    return claim.resourceId;
  }

  it('one of many at once gets the key', async () => {
    const claims = await Promise.all(range(20).map(() => store.claim(key, REQUEST)));
    expect(claims.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
    expect(claims.filter(({ outcome }) => outcome === 'running')).toHaveLength(19);
  });

  it('the answer is kept for a day', async () => {
    await store.complete(key, await claimed(), ANSWER);
    clock.forward(86_000);
    expect(await store.claim(key, REQUEST)).toEqual({ outcome: 'done', ...ANSWER });
    clock.forward(500);
    expect(await claimed()).toBeDefined();
  });

  it('another request is told so, while the first runs and after', async () => {
    const resourceId = await claimed();
    expect(await store.claim(key, OTHER_REQUEST)).toEqual({ outcome: 'other_request' });
    await store.complete(key, resourceId, ANSWER);
    expect(await store.claim(key, OTHER_REQUEST)).toEqual({ outcome: 'other_request' });
  });

  it('a repeat after the holder died makes the same resource', async () => {
    const resourceId = await claimed();
    clock.forward(29);
    expect(await store.claim(key, REQUEST)).toEqual({ outcome: 'running' });
    clock.forward(2);
    expect(await claimed()).toBe(resourceId);
  });

  it('a dead holder’s key is not for another request', async () => {
    await claimed();
    clock.forward(31);
    expect(await store.claim(key, OTHER_REQUEST)).toEqual({ outcome: 'other_request' });
  });

  it('a released key is free: for a repeat under the same id, for another request under a new one', async () => {
    const resourceId = await claimed();
    await store.release(key, resourceId);
    expect(await claimed()).toBe(resourceId);
    await store.release(key, resourceId);
    expect(await claimed(OTHER_REQUEST)).not.toBe(resourceId);
  });

  describe('given again', () => {
    let server: FastifyInstance;
    let served: number;

    beforeEach(() => {
      const idempotency = new Idempotency(store);
      served = 0;
      server = fastify();
      server.decorateRequest('principal', undefined);
      server.decorateRequest('rawBody', undefined);
      server.decorateRequest('resourceId', undefined);
      server.addHook('preHandler', (request, reply) => idempotency.before(request, reply, false));
      server.addHook('onSend', async (request, reply, payload) => {
        await idempotency.settle(request, reply, payload);
        return payload;
      });
      server.post('/made', (_request, reply) => {
        served += 1;
        void reply
          .code(201)
          .headers({ location: '/made/1', etag: '"a"', 'retry-after': '5', 'cache-control': 'private' })
          .headers({ 'x-request-id': String(served), ratelimit: String(served) })
          .send({ id: 1 });
      });
      server.post('/ended', (_request, reply) => {
        served += 1;
        void reply.code(204).send();
      });
    });
    afterEach(() => server.close());

    const headersOfOneRequest = ['date', 'x-request-id', 'ratelimit', 'connection', 'keep-alive'];
    const post = async (url: string) => {
      const headers = { 'idempotency-key': key.toString('hex') };
      const { statusCode, body, headers: got } = await server.inject({ method: 'POST', url, headers });
      const lasting = Object.entries(got).filter(([name]) => !headersOfOneRequest.includes(name));
      return { statusCode, body, headers: Object.fromEntries(lasting) };
    };

    it.each(['/made', '/ended'])(
      '%s is as it was: status, body, and the headers that tell of it',
      async (url) => {
        const first = await post(url);
        const again = await post(url);
        expect(again).toEqual({ ...first, headers: { ...first.headers, 'idempotency-replayed': 'true' } });
        expect(served).toBe(1);
      },
    );

    it('nothing of it can be read in the row', async () => {
      await post('/made');
      const rows = await services.sql<{ row: string }>(
        "select encode(headers, 'escape') as row from loopin.idempotency_keys where headers is not null",
      );
      expect(rows.filter(({ row }) => row.includes('made'))).toEqual([]);
      expect(rows).not.toEqual([]);
    });

    it('an answer that the release before kept is still given', async () => {
      const first = await post('/made');
      await services.sql('update loopin.idempotency_keys set headers = null');
      expect(await post('/made')).toMatchObject({
        statusCode: 201,
        body: first.body,
        headers: { 'content-type': 'application/json; charset=utf-8', 'idempotency-replayed': 'true' },
      });
    });
  });

  it('an expired key starts anew', async () => {
    const resourceId = await claimed();
    clock.forward(86_401);
    expect(await claimed()).not.toBe(resourceId);
  });
});
