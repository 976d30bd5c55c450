import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { reportError } from '../../../platform/sentry/reporting';
import { tellFailure } from '../../../platform/sentry/tell-failure';
import { countEvent } from '../../../platform/telemetry/slo';
import { Clock, secondsAfter } from '../../../shared/clock';
import { USUAL_RETRY } from '../../../shared/job';
import { runInContext } from '../../../shared/request-context';
import { SafeError } from '../../../shared/safe-error';
import { AttemptOvertaken, GiveUp, JobCancelled, WorkerStops } from './job-ends';
import { JobHandlers, type Prepared } from './job-handlers';
import { type ClaimedJob, type Holder, JobRunStore, type Lease, type Settlement } from './job-run.store';
import { JobTimings } from './job-timings';
import { settlementOf } from './settlement';

/** Below the task's stop time-out of 110 s: what is still running then is killed, and begun again elsewhere. */
const DRAIN_MS = 100_000;
/** Workers that died in a row while they were at one job: most likely it was the job that killed them. */
const MOST_LOSSES = 10;

interface Attempt {
  readonly holder: Holder;
  readonly run: Prepared['run'];
}

/** Attempts of this process: each from its beginning to its row's next state. */
@Injectable()
export class JobRunner implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(JobRunner.name);
  /** Two of one job, where this process was silent for so long that it took the job anew from itself. */
  private readonly attempts = new Set<Attempt>();
  /** Each until its row says what became of it. */
  private readonly ends = new Set<Promise<void>>();

  constructor(
    private readonly store: JobRunStore,
    private readonly handlers: JobHandlers,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly timings: JobTimings,
  ) {}

  lease(): Lease {
    const now = this.clock.now();
    return { now, until: secondsAfter(now, this.timings.leaseSeconds) };
  }

  /** Never rejects. Resolves when the attempt is over. */
  run(job: ClaimedJob): Promise<void> {
    const end = this.toItsEnd(job).finally(() => this.ends.delete(end));
    this.ends.add(end);
    return end;
  }

  private toItsEnd(job: ClaimedJob): Promise<void> {
    return runInContext({ correlationId: job.correlationId }, async () => {
      const started = performance.now();
      const line = () => ({
        jobId: job.id,
        jobName: job.name,
        attempt: job.attempt,
        durationMs: Math.round(performance.now() - started),
      });
      try {
        const settlement = await this.attempt(job, line);
        if (settlement !== undefined) await this.store.settle(job, settlement, this.clock.now());
      } catch (err) {
        tellFailure(
          this.logger,
          err,
          'the end of an attempt was not noted; the job will be begun again',
          line(),
        );
      }
    });
  }

  /** Keeps what runs here, and tells each attempt what became of its job meanwhile. */
  async beat(): Promise<void> {
    const attempts = [...this.attempts];
    const standings = await this.store.extend(
      attempts.map(({ holder }) => holder),
      this.lease(),
    );
    const standing = new Map(standings.map((one) => [nameOf(one), one]));
    for (const { holder, run } of attempts) {
      const mine = standing.get(nameOf(holder));
      if (mine === undefined) run.end(new AttemptOvertaken());
      else if (mine.cancelRequested) run.end(new JobCancelled());
    }
  }

  /** At once: what else this process has in hand may be waited for first. */
  onModuleDestroy(): void {
    for (const { run } of this.attempts) run.end(new WorkerStops());
  }

  /** Handlers that look at their signal, or come to a checkpoint, end here; others have some time to finish. */
  async beforeApplicationShutdown(): Promise<void> {
    this.onModuleDestroy();
    let timer: NodeJS.Timeout | undefined;
    const bound = new Promise((resolve) => {
      timer = setTimeout(resolve, DRAIN_MS);
    });
    await Promise.race([Promise.allSettled(this.ends), bound]);
    clearTimeout(timer);
  }

  /** @returns what becomes of the job; undefined when that is not this attempt's to say */
  private async attempt(job: ClaimedJob, line: () => object): Promise<Settlement | undefined> {
    if (job.cancelRequested) return { state: 'cancelled' };
    const handler = this.handlers.get(job.name);
    let run: Prepared['run'] | undefined;
    try {
      if (job.losses >= MOST_LOSSES) throw new GiveUp(`${job.losses} workers died at it`);
      if (handler === undefined) throw new SafeError(`nobody does ${job.name}`);
      const prepared = handler.prepare(job, {
        store: this.store,
        database: this.database,
        lease: () => this.lease(),
      });
      run = prepared.run;
      await this.held(job, prepared);
      this.logger.log(line(), 'job done');
      countEvent('jobs', true);
      return { state: 'done' };
    } catch (error) {
      const err = run?.signal.aborted ? run.signal.reason : error;
      const settlement = settlementOf(err, job, handler?.retry ?? USUAL_RETRY, this.clock.now());
      const failed = settlement?.state === 'failed' || (settlement?.state === 'queued' && settlement.failed);
      if (failed) this.tellFailed(job, err, line());
      else this.logger.log({ ...line(), err }, 'job interrupted');
      return settlement;
    }
  }

  private tellFailed({ name, attempt }: ClaimedJob, err: unknown, line: object): void {
    this.logger.error({ ...line, err }, 'job failed');
    countEvent('jobs', false);
    reportError(err, { job: name, attempt });
  }

  private async held(holder: Holder, { run, work }: Prepared): Promise<void> {
    const attempt = { holder, run };
    this.attempts.add(attempt);
    try {
      await work();
    } finally {
      this.attempts.delete(attempt);
    }
  }
}

const nameOf = ({ id, attempt }: Holder): string => `${id} ${attempt}`;
