import { STATUS_CODES } from 'node:http';
import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  HttpCode,
  type Type,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Forbidden } from '../../shared/domain-error';
import { type Id, newId } from '../../shared/ids';
import type { RequestContext } from '../../shared/request-context';
import type { Span } from '../sentry/report';
import type { AccessRule } from './access';
import { ApiHeader, ApiOperation, ApiResponse, ApiSecurity } from './documented';
import type { Principal, UserPrincipal } from './principal';
import { DEFAULT_LIMIT, type RateLimit } from './rate-limit';

/** All that the pipeline has to know of a route. A route without it does not start. */
export interface EndpointOptions {
  /** What it is for, in a few words of the caller's: the documentation's headline. */
  readonly summary: string;
  readonly access: AccessRule;
  /** The status of success; 200 unless said otherwise. */
  readonly status?: number;
  /** Answers 201 where it makes what it else replaces. */
  readonly creates?: true;
  /** The answer's schema, for the documentation. */
  readonly answer?: Type;
  /** 600 a minute by principal or address unless said otherwise. */
  readonly limits?: readonly RateLimit[];
  /** Whether an `Idempotency-Key` is honoured, or even required. */
  readonly idempotency?: 'optional' | 'required';
  /** What is read here is edited: it carries an `ETag`, and `If-Match` and `If-None-Match` are honoured. */
  readonly etag?: true;
  /** Query parameters are refused where the handler takes none. */
  readonly acceptsQuery?: true;
  /** Served to every version of the app, and during announced maintenance; `in_maintenance`: only the latter. */
  readonly open?: 'always' | 'in_maintenance';
  /** Asked before the body is read: whether the path names something at all. */
  readonly exists?: (params: unknown) => boolean;
  /** The body as bytes, of any media type, up to this size. */
  readonly rawBodyBytes?: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    endpoint?: EndpointOptions;
  }
  interface FastifyRequest {
    principal: Principal | undefined;
    /** The bytes of the body, where the endpoint fingerprints them or the request is signed. */
    rawBody: Buffer | undefined;
    /** The id for what this request creates: the same one when the request is repeated after a crash. */
    resourceId: string | undefined;
    /** What everything that it causes carries: made once, entered wherever the way to its handler and back left it. */
    requestContext: RequestContext | undefined;
    /** Ours, where the trace is sampled. */
    span: Span | undefined;
  }
}

/** Declares a route: who may call it, how often, and what else the pipeline does for it. */
export function Endpoint(options: EndpointOptions): MethodDecorator {
  const status = options.status ?? 200;
  const endpoint: EndpointOptions = { limits: [DEFAULT_LIMIT], ...options };
  const answer = options.answer === undefined ? {} : { type: options.answer };
  return applyDecorators(
    RouteConfig({ endpoint }),
    HttpCode(status),
    ApiOperation({ summary: options.summary }),
    ApiResponse({ status, description: STATUS_CODES[status] ?? '', ...answer }),
    ...(options.creates ? [ApiResponse({ status: 201, description: 'Created', ...answer })] : []),
    ...(options.idempotency === undefined
      ? []
      : [ApiHeader({ name: 'Idempotency-Key', required: options.idempotency === 'required' })]),
    ...(options.etag === undefined
      ? []
      : ['If-Match', 'If-None-Match'].map((name) => ApiHeader({ name, required: false }))),
    ...(options.access.public || options.access.roles === undefined
      ? []
      : [ApiSecurity('accessToken'), ApiSecurity('dpopToken')]),
    ...(options.access.scopes === undefined ? [] : [ApiSecurity('apiKey')]),
  );
}

const requestOf = (context: ExecutionContext): FastifyRequest => context.switchToHttp().getRequest();

/** The signed-in person, on routes that only people may call. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): UserPrincipal => {
  const { principal } = requestOf(context);
  if (principal?.kind !== 'user') throw new Forbidden();
  return principal;
});

/** The person, on routes that may be called without signing in as well. */
export const OptionalUser = createParamDecorator(
  (_: unknown, context: ExecutionContext): UserPrincipal | undefined => {
    const { principal } = requestOf(context);
    return principal?.kind === 'user' ? principal : undefined;
  },
);

/** Whoever calls: a person or a server. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = requestOf(context);
  if (principal === undefined) throw new Forbidden();
  return principal;
});

/** The id for the resource that this request creates. Storing under it makes a repeat after a crash harmless. */
export const ResourceId = createParamDecorator(
  (_: unknown, context: ExecutionContext): Id<string> =>
    (requestOf(context).resourceId as Id<string> | undefined) ?? newId(),
);
