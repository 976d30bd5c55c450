import { DomainError } from '../../shared/domain-error';

export class DatabaseUnavailable extends DomainError {
  readonly kind = 'unavailable';
  readonly code = 'unavailable';
  readonly title = 'The service can not answer right now';

  constructor() {
    super({ retryAfterSeconds: 5 });
  }
}

/** Somebody else holds a row of this statement for too long; others would have gone well. */
export class RowsLocked extends DatabaseUnavailable {}

const NETWORK_CODES = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);
const LOCK_NOT_AVAILABLE = '55P03';
/** Cancelled by a time-out, waited too long for a lock, too many connections. */
const BUSY_SQLSTATES = new Set(['57014', LOCK_NOT_AVAILABLE, '53300']);
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
/** What pg and the pooler say in words only. */
const CONNECTION_WORDS =
  /^(Connection terminated|Client (was closed|has encountered)|Query read timeout|timeout expired|Max client connections)/;

/** The database can't be reached, is stopping (SQLSTATE classes 08 and 57P0), or is too busy to answer in time. */
export function isConnectionError(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined && (NETWORK_CODES.has(code) || BUSY_SQLSTATES.has(code))) return true;
  if (code?.startsWith('08') || code?.startsWith('57P0')) return true;
  return error instanceof Error && CONNECTION_WORDS.test(error.message);
}

/** Waited too long for a lock. */
export const isLockTimeout = (error: unknown): boolean => codeOf(error) === LOCK_NOT_AVAILABLE;

/** pg's pool says it in words only. */
export const isPoolTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'timeout exceeded when trying to connect';

/** SQLSTATE 0A000 with these words: a migration changed what a prepared statement answers. */
export const isStalePlan = (error: unknown): boolean =>
  codeOf(error) === '0A000' && error instanceof Error && error.message.includes('cached plan');

/** Serialization failure and deadlock: nothing was done, and the same may go well the next time. */
export const isTransient = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error) ?? '');

/** @param constraint its name, when only one is meant */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (codeOf(error) !== UNIQUE_VIOLATION) return false;
  return constraint === undefined || (error as { constraint?: string }).constraint === constraint;
}

/** What a new row refers to is not there: most likely the account of whoever asks, which was erased a moment ago. */
export const isForeignKeyViolation = (error: unknown): boolean => codeOf(error) === FOREIGN_KEY_VIOLATION;

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
