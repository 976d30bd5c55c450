import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServiceEnv } from '../../config/env';
import { installBodyParsers } from './body-parsers';
import { answerClientError } from './client-error';
import { correlationIdOf } from './correlation';
import { MalformedRequest } from './http.errors';
import { sendProblem } from './problem.filter';
import { selfSignedCertificate } from './self-signed-certificate';

const BODY_LIMIT_BYTES = 256 * 1024;
/** Longer than a balancer keeps an idle connection (60 s), so that it never writes into one we just closed. */
const KEEP_ALIVE_MS = 65_000;
const REQUEST_MS = 30_000;

/**
 * Bodies are checked by zod and answers written by JSON.stringify. Fastify would load its own compilers of JSON Schema
 * (ajv, fast-json-stringify: a hundred files) nonetheless.
 */
const NO_COMPILERS = { buildValidator: refuseSchema, buildSerializer: refuseSchema };

/** Fastify as both modes use it: our ids, our errors, our body parsers, TLS 1.3 where asked for. */
export async function createHttpAdapter(env: ServiceEnv): Promise<FastifyAdapter> {
  const hops = 'TRUSTED_PROXY_HOPS' in env ? env.TRUSTED_PROXY_HOPS : 0;
  const adapter = new FastifyAdapter({
    skipMiddie: true,
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    // counted from our side: anything further left in X-Forwarded-For is the client's own claim
    trustProxy: hops > 0 && ((_address: string, hop: number) => hop < hops),
    requestIdHeader: false,
    genReqId: correlationIdOf,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: answerFrameworkError,
    schemaController: { compilersFactory: NO_COMPILERS },
    ...(env.TLS_MODE === 'self-signed' && { https: await selfSignedCertificate() }),
  });
  installBodyParsers(adapter.getInstance());
  return adapter;
}

/** A bad `%` in the path never reaches a route or a filter. */
function answerFrameworkError(_error: Error, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
  sendProblem(new MalformedRequest(), request, reply);
}

function refuseSchema(): never {
  throw new Error('a route has a JSON Schema: routes are described by zod');
}
