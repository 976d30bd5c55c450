import Fastify, { type FastifyInstance } from 'fastify';
import { Overloaded } from '../../shared/domain-error';
import { installOverloadGuard } from './overload';

const SLOW = { maxDelayMs: 100, sampleEveryMs: 400 };
const QUICK = { maxDelayMs: 50, sampleEveryMs: 100 };

const turn = () => new Promise<void>((resolve) => void setTimeout(resolve, 1));
const block = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

describe('installOverloadGuard', () => {
  let fastify: FastifyInstance;

  beforeEach(() => {
    fastify = Fastify();
    fastify.get('/', () => 'served');
    fastify.get('/health/live', () => 'alive');
    fastify.setErrorHandler((error, _request, reply) =>
      reply.status(error instanceof Overloaded ? 503 : 500).send(),
    );
  });
  afterEach(() => fastify.close());

  const listen = () => fastify.listen({ host: '127.0.0.1', port: 0 });
  const statusOf = async (path: string) => (await fastify.inject(path)).statusCode;
  /** Passes the time for `samples` of them in turns that each last `turnMs`. */
  const pass = async (samples: number, sampleEveryMs: number, turnMs: number) => {
    const end = performance.now() + samples * sampleEveryMs;
    while (performance.now() < end) {
      block(turnMs);
      await turn();
    }
  };

  it('does not hold the start against the first requests', async () => {
    await installOverloadGuard(fastify, QUICK);
    block(3 * QUICK.sampleEveryMs);
    await listen();
    // a turn for the sample that is due
    await turn();
    expect(await statusOf('/')).toBe(200);
  });

  it('serves on after a single stall', async () => {
    await installOverloadGuard(fastify, SLOW);
    await listen();
    await pass(3, SLOW.sampleEveryMs, 0);
    block(SLOW.sampleEveryMs / 2);
    const until = performance.now() + SLOW.sampleEveryMs;
    while (performance.now() < until) {
      expect(await statusOf('/')).toBe(200);
      await turn();
    }
  });

  it('refuses while every turn is late, except for health, and serves again after', async () => {
    await installOverloadGuard(fastify, QUICK);
    await listen();
    await pass(4, QUICK.sampleEveryMs, 80);
    expect([await statusOf('/'), await statusOf('/health/live')]).toEqual([503, 200]);
    await pass(4, QUICK.sampleEveryMs, 0);
    expect(await statusOf('/')).toBe(200);
  });
});
