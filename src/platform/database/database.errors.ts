import { DomainError } from '../../shared/domain-error';

export class DatabaseUnavailable extends DomainError {
  readonly kind = 'unavailable';
  readonly code = 'unavailable';
  readonly title = 'The service can not answer right now';

  constructor() {
    super({ retryAfterSeconds: 5 });
  }
}

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
]);
const UNIQUE_VIOLATION = '23505';

/** SQLSTATE class 08 (connection) and 57P0x (the server is stopping), or the socket itself. */
export function isConnectionError(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return NETWORK_CODES.has(code) || code.startsWith('08') || code.startsWith('57P0');
  return (
    error instanceof Error &&
    /^(Connection terminated|Client (was closed|has encountered))/.test(error.message)
  );
}

/** pg's pool says it in words only. */
export const isPoolTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'timeout exceeded when trying to connect';

/** Serialization failure and deadlock: nothing was done, and the same may go well the next time. */
export const isTransient = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error) ?? '');

/** @param constraint its name, when only one is meant */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (codeOf(error) !== UNIQUE_VIOLATION) return false;
  return constraint === undefined || (error as { constraint?: string }).constraint === constraint;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
