import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MalformedJson, UnsupportedMediaType } from './http.errors';

type Done = (error: Error | null, body?: unknown) => void;

/** JSON and nothing else; raw bytes where an endpoint declares them, and beside the JSON where they are looked at. */
export function installBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request: FastifyRequest, body: Buffer, done: Done) => {
      keepBytes(request, body);
      if (request.routeOptions.config.endpoint?.rawBodyBytes !== undefined) return done(null, body);
      if (body.length === 0) return done(null, undefined);
      parseJson(request, body.toString('utf8'), (error, value) =>
        // not refused yet: who asks, and how often, comes first
        done(null, error ? new MalformedJson() : value),
      );
    },
  );
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done: Done) => {
    keepBytes(request, body);
    const isRaw = request.routeOptions.config.endpoint?.rawBodyBytes !== undefined;
    done(isRaw ? null : new UnsupportedMediaType(), body);
  });
}

/** Of a request whose idempotency key fingerprints them, or whose signature covers them. */
function keepBytes(request: FastifyRequest, body: Buffer): void {
  const isSigned = request.headers['signature-input'] !== undefined;
  if (isSigned || request.routeOptions.config.endpoint?.idempotency !== undefined) request.rawBody = body;
}
