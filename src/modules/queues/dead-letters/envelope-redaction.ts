import type { Envelope } from '../../../shared/message';

const HIDDEN = '[hidden]';
const MOST_DEPTH = 8;
const MOST_MEMBERS = 50;
const PLAIN_NAME = /^[A-Za-z]\w{0,40}$/;
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const TIME = /^\d{4}-\d{2}-\d{2}T[\d:.]{5,12}(Z|[+-]\d{2}:\d{2})$/;
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;
/** More digits than that may be a telephone number. */
const MOST_NUMBER = 999_999;

/**
 * An envelope as people may see it. Our payloads hold ids, counts and times; a message that nobody knows may hold
 * anything, so only values that can be nothing else are shown, of all of them alike.
 */
export function redactEnvelope({ traceparent, payload, ...envelope }: Envelope): Record<string, unknown> {
  const traced = traceparent !== undefined && TRACEPARENT.test(traceparent);
  return { ...envelope, ...(traced && { traceparent }), payload: redact(payload, 0) };
}

function redact(value: unknown, depth: number): unknown {
  if (depth > MOST_DEPTH) return '[…]';
  if (Array.isArray(value)) return value.slice(0, MOST_MEMBERS).map((item) => redact(item, depth + 1));
  if (typeof value === 'object' && value !== null) return members(value, depth);
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Math.abs(value) <= MOST_NUMBER ? value : HIDDEN;
  return typeof value === 'string' && (UUID.test(value) || TIME.test(value)) ? value : HIDDEN;
}

function members(value: object, depth: number): Record<string, unknown> {
  const shown = Object.entries(value).slice(0, MOST_MEMBERS);
  return Object.fromEntries(
    shown.map(([name, member], index): [string, unknown] => [
      PLAIN_NAME.test(name) ? name : `[hidden name ${index + 1}]`,
      redact(member, depth + 1),
    ]),
  );
}
