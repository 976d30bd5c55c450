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
  await fastify.register(underPressure, {
    maxEventLoopDelay: MAX_EVENT_LOOP_DELAY_MS,
    sampleInterval: SAMPLE_EVERY_MS,
    pressureHandler: (request) => {
      if (!request.url.startsWith('/health/') && request.url !== '/metrics') throw new Overloaded();
    },
  });
}
