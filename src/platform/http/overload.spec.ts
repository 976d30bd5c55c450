import Fastify, { type FastifyInstance } from 'fastify';
import { installOverloadGuard } from './overload';

const block = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

describe('installOverloadGuard', () => {
  let fastify: FastifyInstance;

  beforeEach(() => {
    fastify = Fastify();
  });
  afterEach(() => fastify.close());

  it('does not hold the start against the first requests', async () => {
    await installOverloadGuard(fastify);
    fastify.get('/', () => 'served');
    block(600);
    const url = await fastify.listen({ host: '127.0.0.1', port: 0 });
    // a turn for the sample that is due
    await new Promise(setImmediate);
    expect((await fetch(url)).status).toBe(200);
  });
});
