import { HOUR, MINUTE } from '../../../../shared/clock';

/** After the first attempt, which is made at once. */
const DELAYS_SECONDS = [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];
const JITTER = 0.2;
/** A receiver may ask for patience, not for oblivion. */
const LONGEST_RETRY_AFTER_SECONDS = 12 * HOUR;

/**
 * How long to wait after so many failures.
 * @param failures 1 after the first
 * @param random 0 to 1
 * @returns seconds, or undefined when that was the last attempt
 */
export function retryDelaySeconds(failures: number, random = Math.random()): number | undefined {
  const delay = DELAYS_SECONDS[failures - 1];
  return delay === undefined ? undefined : delay * (1 + JITTER * (2 * random - 1));
}

/** From `Retry-After`, seconds or a date (RFC 9110, section 10.2.3), at most 12 hours; 0 where it says nothing. */
export function retryAfterSeconds(header: string | undefined, now: Date): number {
  if (header === undefined) return 0;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now.getTime()) / 1_000;
  if (Number.isNaN(seconds)) return 0;
  return Math.min(Math.max(0, Math.ceil(seconds)), LONGEST_RETRY_AFTER_SECONDS);
}
