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
  'code',
  'context',
  'correlationId',
  'count',
  'days',
  'delaySeconds',
  'durationMs',
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

/** What an error calls itself may be set by anybody, and is a word of a program all the same. */
const CLASS_NAME = /^[A-Za-z_$][\w$]{0,63}$/;
const CODE = /^[\w.-]{1,64}$/;

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
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: errorType(error),
    code: textOf(error, 'code'),
    constraint: textOf(error, 'constraint'),
    message: safeWords(error),
    stack: frames?.join('\n'),
  };
}

/** One line that says why, without anything that could be data: for a log line or a row. */
export function describeReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return [errorType(error), textOf(error, 'code'), safeWords(error)].filter(Boolean).join(': ');
}

/** The name of an error's class, where it is one. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return CLASS_NAME.test(error.name) ? error.name : 'Error';
}

const safeWords = (error: Error): string | undefined =>
  error instanceof SafeError || error instanceof DomainError ? error.message : undefined;

function textOf(error: Error, property: 'code' | 'constraint'): string | undefined {
  const value: unknown = Reflect.get(error, property);
  return typeof value === 'string' && CODE.test(value) ? value : undefined;
}
