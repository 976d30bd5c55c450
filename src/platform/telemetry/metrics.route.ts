import type { FastifyInstance } from 'fastify';
import { PUBLIC } from '../http/access';
import { recorder } from './telemetry';

/**
 * `GET /metrics` for Prometheus, on web and worker, where METRICS=prometheus, which prod refuses. It asks for no
 * credential: whoever runs Prometheus keeps the port to itself.
 */
export function installMetricsRoute(fastify: FastifyInstance): void {
  fastify.get(
    '/metrics',
    {
      config: {
        endpoint: { summary: 'The numbers of this process, for Prometheus', access: PUBLIC, limits: [] },
      },
    },
    async (_request, reply) => {
      const kept = recorder();
      void reply.type(kept?.contentType ?? 'text/plain');
      return (await kept?.text()) ?? '';
    },
  );
}
