import type { DomainError, ErrorKind } from '../../shared/domain-error';
import { MethodNotAllowed, RateLimited } from './http.errors';

const STATUS: Readonly<Record<ErrorKind, number>> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  timed_out: 408,
  conflict: 409,
  precondition_failed: 412,
  too_large: 413,
  unsupported_media_type: 415,
  invalid: 422,
  upgrade_required: 426,
  limited: 429,
  headers_too_large: 431,
  internal: 500,
  unavailable: 503,
};

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** An answer that is an error: RFC 9457. The catalogue of codes is `docs/problems.md`. */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function toProblem(error: DomainError, requestId: string): Problem {
  const status = STATUS[error.details.answeredAs ?? error.kind];
  const { detail, members } = error.details;
  const body = {
    type: `urn:loopin:problem:${error.code}`,
    title: error.title,
    status,
    ...(detail !== undefined && { detail }),
    code: error.code,
    requestId,
    ...members,
  };
  return { status, headers: problemHeaders(error), body: JSON.stringify(body) };
}

function problemHeaders(error: DomainError): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': PROBLEM_MEDIA_TYPE };
  const { retryAfterSeconds, headers: own } = error.details;
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  if (error.kind === 'unauthenticated') headers['www-authenticate'] = 'Bearer';
  if (error instanceof MethodNotAllowed) headers.allow = error.allow;
  if (error instanceof RateLimited) {
    headers['ratelimit-policy'] = error.fields.policy;
    headers.ratelimit = error.fields.limit;
  }
  return own === undefined ? headers : { ...headers, ...own };
}
