import type { LoggerOptions } from 'pino';
import { currentContext } from '../../shared/request-context';

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
  'messageId',
  'messageType',
  'method',
  'notificationId',
  'port',
  'principal',
  'provider',
  'providerStatus',
  'queue',
  'reason',
  'route',
  'source',
  'status',
]);

/** Given twice, to pino and to nestjs-pino, which would put its own in their place. */
export const SERIALIZERS = { err: describeError };

/** pino's options: one JSON object a line, with the correlation id of whatever is being worked on. */
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
    mixin: () => {
      const context = currentContext();
      return context === undefined ? {} : { correlationId: context.correlationId };
    },
    serializers: SERIALIZERS,
  };
}

function allowedFields(fields: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const key in fields) if (ALLOWED_FIELDS.has(key)) kept[key] = fields[key];
  return kept;
}

/** Type, code, where: an error's words may quote a value, so only what is outside quotes and numbers is kept. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { type: error.name, code, message: withoutValues(error.message), stack: frames?.join('\n') };
}

/** Cuts what could be data out of a message: quoted text, addresses, long words and digits. */
export function withoutValues(message: string): string {
  return message
    .slice(0, 500)
    .replace(/"[^"]*"|'[^']*'|`[^`]*`|\([^)]*@[^)]*\)/g, '…')
    .replace(/\S+@\S+/g, '…')
    .replace(/[A-Za-z0-9+/_=-]{24,}|\+?\d{5,}/g, '…');
}
