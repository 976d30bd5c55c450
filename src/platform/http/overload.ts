import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { Overloaded } from '../../shared/domain-error';

export interface LoopLimits {
  /** The mean of all turns of a sample: where nearly every one takes this long, no promise can be kept. */
  readonly maxDelayMs: number;
  /** Longer than a single stall (a collection, a first import): when that is seen it is over, and no reason to refuse anybody. */
  readonly sampleEveryMs: number;
}

const LIMITS: LoopLimits = { maxDelayMs: 1_000, sampleEveryMs: 2_000 };

/**
 * 503 `overloaded` while the event loop lags, until it has caught up. Health is still answered: a busy task must not be
 * restarted; and metrics, which are read just then.
 */
export async function installOverloadGuard(
  fastify: FastifyInstance,
  { maxDelayMs, sampleEveryMs } = LIMITS,
): Promise<void> {
  // until a whole sample was taken since, what is late is the start itself
  let judgesFrom = Number.POSITIVE_INFINITY;
  fastify.addHook('onListen', (done) => {
    judgesFrom = performance.now() + 2 * sampleEveryMs;
    done();
  });
  await fastify.register(underPressure, {
    maxEventLoopDelay: maxDelayMs,
    sampleInterval: sampleEveryMs,
    pressureHandler: (request) => {
      if (performance.now() < judgesFrom) return;
      if (!request.url.startsWith('/health/') && request.url !== '/metrics') throw new Overloaded();
    },
  });
}
