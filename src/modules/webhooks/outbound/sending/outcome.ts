import { secondsAfter } from '../../../../shared/clock';
import { retryAfterSeconds, retryDelaySeconds } from './retry-schedule';
import type { SendingProblem, WebhookAnswer } from './webhook-sender';

/** How an attempt ended, as its log says. */
export type Outcome = 'delivered' | 'rejected' | 'redirected' | 'gone' | SendingProblem;
export const OUTCOMES = [
  'delivered',
  'rejected',
  'redirected',
  'gone',
  'timed_out',
  'unreachable',
  'address_refused',
  'interrupted',
] as const satisfies readonly Outcome[];

export type DeliveryState = 'pending' | 'delivered' | 'failed';

export interface Verdict {
  readonly outcome: Outcome;
  readonly state: DeliveryState;
  /** When it is tried again; of one that is over, when that was. */
  readonly nextAttemptAt: Date;
}

const GONE = 410;
/** What would be the same the next time: somebody has to change the URL first. */
const FINAL: readonly Outcome[] = ['redirected', 'gone', 'address_refused'];

/**
 * What becomes of a delivery by the answer to one attempt.
 * @param failures before this attempt
 * @param random 0 to 1, for the jitter
 */
export function judge(answer: WebhookAnswer, failures: number, now: Date, random?: number): Verdict {
  const outcome = answer.problem ?? outcomeOf(answer.status ?? 0);
  if (outcome === 'delivered') return { outcome, state: 'delivered', nextAttemptAt: now };
  // our own doing: it is due at once and costs no try
  if (outcome === 'interrupted') return { outcome, state: 'pending', nextAttemptAt: now };
  const delay = FINAL.includes(outcome) ? undefined : retryDelaySeconds(failures + 1, random);
  if (delay === undefined) return { outcome, state: 'failed', nextAttemptAt: now };
  const patience = Math.max(delay, retryAfterSeconds(answer.retryAfter, now));
  return { outcome, state: 'pending', nextAttemptAt: secondsAfter(now, patience) };
}

function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return 'delivered';
  if (status >= 300 && status < 400) return 'redirected';
  return status === GONE ? 'gone' : 'rejected';
}
