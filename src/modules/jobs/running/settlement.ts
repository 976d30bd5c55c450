import { describeReason } from '../../../platform/logging/log-format';
import { backOffSeconds } from '../../../platform/sqs/back-off';
import { TryAgainLater } from '../../../platform/sqs/message-handlers';
import { secondsAfter } from '../../../shared/clock';
import type { RetryPolicy } from '../../../shared/job';
import { AttemptOvertaken, GiveUp, JobCancelled, WorkerStops } from './job-ends';
import type { ClaimedJob, Settlement } from './job-run.store';

/**
 * What becomes of a job whose attempt ended by an error.
 * @returns undefined when it is none of this attempt's business any more
 */
export function settlementOf(
  error: unknown,
  { failures }: Pick<ClaimedJob, 'failures'>,
  { attempts, delaysSeconds }: RetryPolicy,
  now: Date,
): Settlement | undefined {
  if (error instanceof AttemptOvertaken) return undefined;
  if (error instanceof JobCancelled) return { state: 'cancelled' };
  if (error instanceof WorkerStops) return { state: 'queued', runAt: now, reason: undefined, failed: false };
  const reason = describeReason(error);
  if (error instanceof TryAgainLater)
    return { state: 'queued', runAt: secondsAfter(now, error.delaySeconds), reason, failed: false };
  if (error instanceof GiveUp || failures + 1 >= attempts) return { state: 'failed', reason };
  const delaySeconds = backOffSeconds(failures + 1, Math.random(), delaysSeconds);
  return { state: 'queued', runAt: secondsAfter(now, delaySeconds), reason, failed: true };
}
