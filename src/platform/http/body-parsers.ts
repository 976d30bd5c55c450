import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ValidationFailed } from '../../shared/domain-error';
import { MalformedJson, UnsupportedMediaType } from './http.errors';
import { unstorableText } from './unstorable-text';

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
      const json = body.toString('utf8');
      parseJson(request, json, (error, value) =>
        // not refused yet: who asks, and how often, comes first
        done(null, error ? new MalformedJson() : readable(json, value)),
      );
    },
  );
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done: Done) => {
    keepBytes(request, body);
    const isRaw = request.routeOptions.config.endpoint?.rawBodyBytes !== undefined;
    done(isRaw ? null : new UnsupportedMediaType(), body);
  });
}

function readable(json: string, body: unknown): unknown {
  const errors = unstorableText(json, body);
  return errors.length > 0 ? new ValidationFailed(errors) : body;
}

/** Of a request whose idempotency key fingerprints them, or whose signature covers them. */
function keepBytes(request: FastifyRequest, body: Buffer): void {
  const isSigned = request.headers['signature-input'] !== undefined;
  if (isSigned || request.routeOptions.config.endpoint?.idempotency !== undefined) request.rawBody = body;
}
