import type { LoggerOptions } from 'pino';
import { DomainError } from '../../shared/domain-error';
import { currentCorrelationId } from '../../shared/request-context';
import { SafeError } from '../../shared/safe-error';

/**
 * The only fields a log line may have. Anything else is dropped before it is written: a new field is a decision,
 * made here, that it can hold neither a secret nor personal data.
 */
const ALLOWED_FIELDS = new Set([
  'amznTraceId',
  'apiKeyId',
  'appPlatform',
  'appVersion',
  'attempt',
  'chunk',
  'context',
  'correlationId',
  'count',
  'days',
  'delaySeconds',
  'durationMs',
  'endpointId',
  'err',
  'jobId',
  'jobName',
  'messageId',
  'messageType',
  'method',
  'metric',
  'notificationId',
  'otherProvider',
  'port',
  'principal',
  'provider',
  'providerStatus',
  'queue',
  'reason',
  'route',
  'schedule',
  'source',
  'status',
]);

/** `ECONNREFUSED`, `ERR_INVALID_URL`, an SQLSTATE: words of programs. Whatever else stands there may be a value. */
const FOREIGN_CODE = /^([A-Z][A-Z0-9_]{1,63}|[0-9A-Z]{5})$/;
/** `at async Store.find (/app/dist/store.js:3:7)`, `at node:internal/x:1:2`. */
const FRAME = /^\s+at ([\w$.<>#[\] ]+ \()?(async )?(file:\/\/)?(\/|node:)[^\s@]*:\d+:\d+\)?$/;
const CONSTRAINT = /^[a-z0-9_]{1,63}$/;

/** Given twice, to pino and to nestjs-pino, which would put its own in their place. */
export const SERIALIZERS = { err: describeError };

/** pino's options: one JSON object a line, with the correlation id of whatever is being worked on or else of the process. */
export function logFormat(config: {
  level: string;
  mode: string;
  stage: string;
  release: string;
}): LoggerOptions {
  return {
    level: config.level,
    base: { mode: config.mode, stage: config.stage, release: config.release },
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }), log: allowedFields },
    mixin: () => ({ correlationId: currentCorrelationId() }),
    serializers: SERIALIZERS,
  };
}

function allowedFields(fields: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const key in fields) if (ALLOWED_FIELDS.has(key)) kept[key] = fields[key];
  return kept;
}

/** Type, code and place. Words only of errors that are ours: a driver's error quotes the row it failed on. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  return {
    type: errorType(error),
    code: codeOf(error),
    constraint: textOf(error, 'constraint', CONSTRAINT),
    message: safeWords(error),
    stack: framesOf(error).join('\n'),
  };
}

/**
 * Where it was thrown. The words of an error stand before its frames and may look like some: they are cut off, and what
 * still names no place in a file is left out.
 */
export function framesOf(error: Error): string[] {
  const { stack = '', message } = error;
  const words = message === '' ? -1 : stack.indexOf(message);
  const frames = words === -1 ? stack : stack.slice(words + message.length);
  return frames.split('\n').filter((line) => FRAME.test(line));
}

/** One line that says why, without anything that could be data: for a log line or a row. */
export function describeReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return [errorType(error), codeOf(error), safeWords(error)].filter(Boolean).join(': ');
}

/** The class of an error, which stands in the code: what it calls itself may be set to anything. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { name } = error.constructor;
  // the platform's own: TimeoutError, AbortError
  return name === 'DOMException' ? error.name : name;
}

const safeWords = (error: Error): string | undefined =>
  error instanceof SafeError || error instanceof DomainError ? error.message : undefined;

const codeOf = (error: Error): string | undefined =>
  error instanceof DomainError ? error.code : textOf(error, 'code', FOREIGN_CODE);

function textOf(error: Error, property: 'code' | 'constraint', pattern: RegExp): string | undefined {
  const value: unknown = Reflect.get(error, property);
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}
