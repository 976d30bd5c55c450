import type { Logger } from '@nestjs/common';
import { reportError } from './reporting';

export interface FailureFacts {
  readonly queue?: string;
  readonly jobId?: string;
  readonly jobName?: string;
  /** Of the schedule, where it has one; else the report goes by what is said. */
  readonly schedule?: string;
  readonly reason?: string;
  readonly count?: number;
}

/**
 * The one way in which work that nobody waits for tells that it failed: a line of the log, and a report to Sentry. The
 * caller goes on.
 * @param says a few words; what follows a semicolon is for the log alone
 */
export function tellFailure(logger: Logger, err: unknown, says: string, facts: FailureFacts = {}): void {
  logger.warn({ ...facts, err }, says);
  const { queue, jobName: job, schedule = nameOf(says) } = facts;
  reportError(err, { queue, job, schedule });
}

/** What reports of one kind have in common: a name of plain letters, or it would not be sent. */
const nameOf = (says: string): string => says.replace(/;.*$/, '').replaceAll(/[^\w.]+/g, '-');
