import type { FastifyReply, FastifyRequest } from 'fastify';
import { endSpan } from '../sentry/reporting';
import { observe } from '../telemetry/meter';
import { countEvent } from '../telemetry/slo';
import { principalKey } from './principal';

/** What watches us, and would drown what is watched. */
const OF_OPERATIONS = /^\/(health\/|metrics$)/;
const NO_ROUTE = 'none';

/** Whether a request is one of the API: of a declared route, health and metrics left out. */
export function isWatched({ routeOptions: { config, url } }: FastifyRequest): boolean {
  return config.endpoint !== undefined && !OF_OPERATIONS.test(url ?? '');
}

/** The numbers of one answered request. The pattern of the route is a label, never the path. */
export function observeRequest(request: FastifyRequest, reply: FastifyReply): void {
  const { method, principal, span } = request;
  const { endpoint } = request.routeOptions.config;
  const route = endpoint === undefined ? NO_ROUTE : (request.routeOptions.url ?? NO_ROUTE);
  const { statusCode, elapsedTime } = reply;
  const labels = { method: endpoint === undefined ? NO_ROUTE : method, route, status: String(statusCode) };
  observe('loopin_http_request_seconds', labels, elapsedTime / 1_000);
  if (isWatched(request)) countEvent('api', statusCode < 500);
  if (span === undefined) return;
  const facts = { method, route, status: statusCode, principal: principal && principalKey(principal) };
  endSpan(span, 'http.server', facts, statusCode < 500);
}
