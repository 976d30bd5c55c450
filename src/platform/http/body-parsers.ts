import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MalformedJson, UnsupportedMediaType } from './http.errors';

type Done = (error: Error | null, body?: unknown) => void;

/** JSON and nothing else; raw bytes where an endpoint declares them, and beside the JSON where a key fingerprints it. */
export function installBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request: FastifyRequest, body: Buffer, done: Done) => {
      const endpoint = request.routeOptions.config.endpoint;
      if (endpoint?.rawBodyBytes !== undefined) return done(null, body);
      if (endpoint?.idempotency !== undefined) request.rawBody = body;
      if (body.length === 0) return done(null, undefined);
      parseJson(request, body.toString('utf8'), (error, value) =>
        // not refused yet: who asks, and how often, comes first
        done(null, error ? new MalformedJson() : value),
      );
    },
  );
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done: Done) =>
    request.routeOptions.config.endpoint?.rawBodyBytes === undefined
      ? done(new UnsupportedMediaType())
      : done(null, body),
  );
}
