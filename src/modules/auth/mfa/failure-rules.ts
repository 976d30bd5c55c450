import { RateLimited } from '../../../platform/http/http.errors';
import { HOUR, secondsAfter } from '../../../shared/clock';

const MAX_FAILURES = 10;
const WINDOW_SECONDS = HOUR;

/** Those of the last hour, oldest first. */
export function failuresWithin(failedAt: readonly Date[], now: Date): readonly Date[] {
  const windowStart = secondsAfter(now, -WINDOW_SECONDS);
  return failedAt.filter((at) => at > windowStart);
}

/** The refusal while ten codes of the last hour were wrong; undefined while another may be tried. */
export function tooManyFailures(recent: readonly Date[], now: Date): RateLimited | undefined {
  const oldest = recent.at(-MAX_FAILURES);
  if (oldest === undefined) return undefined;
  const waitMs = secondsAfter(oldest, WINDOW_SECONDS).getTime() - now.getTime();
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  const fields = {
    policy: `"mfa";q=${MAX_FAILURES};w=${WINDOW_SECONDS}`,
    limit: `"mfa";r=0;t=${seconds}`,
  };
  return new RateLimited(seconds, fields);
}
