import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { Overloaded } from '../../shared/domain-error';

/** An event loop that is this late can't keep any promise: new work is refused until it has caught up. */
const MAX_EVENT_LOOP_DELAY_MS = 1_000;
const SAMPLE_EVERY_MS = 500;

/**
 * 503 `overloaded` while the event loop lags. Health is still answered: a busy task must not be restarted; and metrics,
 * which are read just then.
 */
export async function installOverloadGuard(fastify: FastifyInstance): Promise<void> {
  // until a whole sample was taken since, what is late is the start itself
  let judgesFrom = Number.POSITIVE_INFINITY;
  fastify.addHook('onListen', (done) => {
    judgesFrom = performance.now() + 2 * SAMPLE_EVERY_MS;
    done();
  });
  await fastify.register(underPressure, {
    maxEventLoopDelay: MAX_EVENT_LOOP_DELAY_MS,
    sampleInterval: SAMPLE_EVERY_MS,
    pressureHandler: (request) => {
      if (performance.now() < judgesFrom) return;
      if (!request.url.startsWith('/health/') && request.url !== '/metrics') throw new Overloaded();
    },
  });
}
