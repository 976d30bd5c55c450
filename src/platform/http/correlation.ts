import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TraceHeaders } from '../../shared/request-context';

type Headers = Pick<IncomingMessage, 'headers'>;

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
/** https://www.w3.org/TR/trace-context/#traceparent-header, version 00. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const SENTRY_TRACE = /^(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}(-[01])?$/;
/** Members that can hold nothing but numbers: a release, a transaction's or a user's name could be anything. */
const BAGGAGE_MEMBER =
  /^sentry-(trace_id=[0-9a-f]{32}|public_key=[0-9a-f]{32}|org_id=\d{1,20}|sampled=(true|false)|sample_(rate|rand)=[01](\.\d{1,20})?)$/;
const LONGEST_BAGGAGE = 8_192;
const NO_TRACE: TraceHeaders = {};

/** The client's `X-Request-ID` as sent when it is a UUID v4, else a new one. */
export function correlationIdOf(request: Headers): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && UUID_V4.test(given) ? given : randomUUID();
}

/** What the caller says of the trace that its request belongs to; what is malformed or says more is left out. */
export function traceOf({ headers }: Headers): TraceHeaders {
  const { traceparent, baggage, 'sentry-trace': sentryTrace } = headers;
  if (traceparent === undefined && sentryTrace === undefined) return NO_TRACE;
  return {
    traceparent: matching(TRACEPARENT, traceparent),
    sentryTrace: matching(SENTRY_TRACE, sentryTrace),
    baggage: membersOf(baggage),
  };
}

const matching = (pattern: RegExp, given: string | string[] | undefined): string | undefined =>
  typeof given === 'string' && pattern.test(given) ? given : undefined;

function membersOf(baggage: string | string[] | undefined): string | undefined {
  if (typeof baggage !== 'string' || baggage.length > LONGEST_BAGGAGE) return undefined;
  const members = baggage.split(',').map((member) => member.trim());
  return members.filter((member) => BAGGAGE_MEMBER.test(member)).join(',') || undefined;
}
