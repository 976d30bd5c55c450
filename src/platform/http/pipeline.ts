import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { DomainError, NotFound, ValidationFailed } from '../../shared/domain-error';
import { type RequestContext, runInContext } from '../../shared/request-context';
import { startSpan } from '../sentry/reporting';
import { headersBelow } from '../sentry/trace-ids';
import { traceOf } from './correlation';
import type { EndpointOptions } from './endpoint';
import { tagAnswer } from './etag';
import { MethodNotAllowed, PayloadTooLarge, UnsupportedMediaType } from './http.errors';
import { principalKey } from './principal';
import type { RequestGate } from './request-gate';
import { isWatched, observeRequest } from './request-observation';
import { RouteTable } from './route-table';

/** Registered by libraries: the documentation's viewer, outside prod only, and preflights where origins are allowed. */
const OF_LIBRARIES = /^(\/docs(\/.*)?|\/openapi\.json|\*)$/;

/** Answers are for whoever asked, and are what they say they are. */
const ANSWER_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

const logger = new Logger('Http');

/**
 * Puts the order of checks around every route, by plain hooks: correlation, unknown paths, size and media type,
 * authentication, rate limit, idempotency; validation and the rest follow in the handler.
 */
export function installPipeline(fastify: FastifyInstance, gate: RequestGate): void {
  const routes = new RouteTable();
  fastify.decorateRequest('principal', undefined);
  fastify.decorateRequest('rawBody', undefined);
  fastify.decorateRequest('resourceId', undefined);
  fastify.decorateRequest('requestContext', undefined);
  fastify.decorateRequest('span', undefined);
  fastify.addHook('onRoute', (route) => {
    routes.add(route.url, route.method);
    if (!OF_LIBRARIES.test(route.url)) guardRoute(route, gate);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers({ 'x-request-id': request.id, ...ANSWER_HEADERS });
    request.requestContext = beginContext(request);
    runInContext(request.requestContext, done);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.is404) done(answerUnknown(request, reply, routes));
    else done();
  });
  fastify.addHook('preParsing', (request, _reply, _payload, done) => done(refusedBody(request)));
  fastify.addHook('onResponse', (request, reply, done) => {
    inContextOf(request, () => {
      logRequest(request, reply);
      observeRequest(request, reply);
    });
    done();
  });
}

/** Default deny: a route that does not declare who may call it stops the start. */
function guardRoute(route: RouteOptions, gate: RequestGate): void {
  const name = `${[route.method].flat().join('|')} ${route.url}`;
  const endpoint = route.config?.endpoint;
  if (endpoint === undefined) throw new Error(`${name} has no @Endpoint declaration`);
  gate.assertServes(endpoint, name);
  if (endpoint.rawBodyBytes !== undefined) route.bodyLimit = endpoint.rawBodyBytes;
  const { exists } = endpoint;
  if (exists !== undefined) {
    route.onRequest = (request, _reply, done) => done(exists(request.params) ? undefined : new NotFound());
  }
  // reading a body leaves the request's async context: enter it again before anything that logs
  route.preValidation = (request, _reply, done) => inContextOf(request, done);
  const checks: NonNullable<RouteOptions['preHandler']> = [
    (request, reply) => gate.admit(request, reply, endpoint),
  ];
  const { idempotency, etag } = endpoint;
  const answering: NonNullable<RouteOptions['onSend']> = [];
  if (etag) answering.push(async (request, reply, payload) => tagAnswer(request, reply, payload));
  if (idempotency !== undefined) {
    checks.push((request, reply) => gate.claimKey(request, reply, idempotency === 'required'));
    answering.push(async (request, reply, payload) => {
      await gate.settleKey(request, reply, payload);
      return payload;
    });
  }
  route.onSend = answering;
  checks.push((request, _reply, done) =>
    done(request.body instanceof DomainError ? request.body : undefined),
  );
  const judgeQuery = endpoint.acceptsQuery ? unstorableQuery : refusedQuery;
  checks.push((request, _reply, done) => done(judgeQuery(request)));
  route.preHandler = checks;
}

/** Also for a request that ended before it had one. */
function inContextOf(request: FastifyRequest, work: () => void): void {
  runInContext(request.requestContext ?? { correlationId: request.id }, work);
}

/** What the request causes belongs below our own span where its trace is sampled, else below the caller's. */
function beginContext(request: FastifyRequest): RequestContext {
  const given = traceOf(request);
  const span = isWatched(request) ? startSpan(request.id, given) : undefined;
  request.span = span;
  return {
    correlationId: request.id,
    trace: span === undefined ? given : headersBelow(span, given),
    origin: () => ({ address: request.ip, deviceId: deviceOf(request) }),
  };
}

const deviceOf = ({ principal }: FastifyRequest): string | undefined =>
  principal?.kind === 'user' ? principal.deviceId : undefined;

function answerUnknown(request: FastifyRequest, reply: FastifyReply, routes: RouteTable): Error | undefined {
  const allow = routes.allowed(request.url.split('?', 1)[0] ?? '');
  if (allow === undefined) return new NotFound();
  if (request.method !== 'OPTIONS') return new MethodNotAllowed(allow);
  void reply.code(204).header('allow', allow).send();
  return undefined;
}

function refusedBody(request: FastifyRequest): Error | undefined {
  const { 'content-length': length, 'content-encoding': encoding } = request.headers;
  if (length !== undefined && Number(length) > request.routeOptions.bodyLimit) return new PayloadTooLarge();
  const raw = request.routeOptions.config.endpoint?.rawBodyBytes !== undefined;
  return encoding === undefined || raw ? undefined : new UnsupportedMediaType();
}

function refusedQuery(request: FastifyRequest): Error | undefined {
  const names = Object.keys(request.query ?? {});
  if (names.length === 0) return undefined;
  return new ValidationFailed(names.map((path) => ({ path, message: 'is not known' })));
}

/** What Postgres keeps in no text; half of a character can't be written in a URL. */
function unstorableQuery(request: FastifyRequest): Error | undefined {
  if (!request.url.includes('%00')) return undefined;
  const names = Object.entries(request.query ?? {}).filter((parameter) => String(parameter).includes('\0'));
  if (names.length === 0) return undefined;
  return new ValidationFailed(names.map(([path]) => ({ path, message: 'holds what is no character' })));
}

function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const endpoint: EndpointOptions | undefined = request.routeOptions.config.endpoint;
  const { headers, principal } = request;
  logger.log(
    {
      method: request.method,
      route: endpoint === undefined ? undefined : request.routeOptions.url,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      principal: principal && principalKey(principal),
      amznTraceId: shortHeader(headers['x-amzn-trace-id']),
      appVersion: shortHeader(headers['x-app-version']),
      appPlatform: shortHeader(headers['x-app-platform']),
    },
    'request',
  );
}

/** What a client may write into a log line: a few plain characters. */
const shortHeader = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' && /^[\w.;=:+-]{1,128}$/.test(value) ? value : undefined;
