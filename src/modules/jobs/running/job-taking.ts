import { Injectable, Logger } from '@nestjs/common';
import { Draining } from '../../../platform/lifecycle/draining';
import { tellFailure } from '../../../platform/sentry/tell-failure';
import { Clock } from '../../../shared/clock';
import type { JobId } from '../../../shared/ids';
import { type ClaimedJob, JobRunStore } from './job-run.store';
import { JobRunner } from './job-runner';

/** Jobs side by side in one process. */
const MOST_AT_ONCE = 8;
/** So that many of one kind, or long ones, never take all the room. */
const MOST_OF_ONE_NAME = 4;

/** Takes jobs as far as there is room: what a message names, and what is due without one. */
@Injectable()
export class JobTaking {
  private readonly logger = new Logger(JobTaking.name);
  /** A name an attempt that is under way. */
  private readonly names: string[] = [];
  /** There was more than there was room for. */
  private behind = false;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: JobRunStore,
    private readonly runner: JobRunner,
    private readonly clock: Clock,
    private readonly draining: Draining,
  ) {}

  /** A message came. Without room here the job is left to whoever has some first. */
  async wake(id: JobId): Promise<void> {
    await this.inTurn(async () => {
      const full = this.fullNames();
      if (this.room() > 0) {
        const job = await this.store.claim(id, full, this.runner.lease());
        if (job !== undefined) return this.begin(job);
        if (full.length === 0) return;
      }
      this.behind = true;
      await this.store.makeDue(id, this.clock.now());
    });
  }

  /** @returns whether to look again at once */
  async takeDue(): Promise<boolean> {
    return this.inTurn(async () => {
      const limit = Math.min(this.room(), this.roomOfAnyName());
      if (limit === 0) return false;
      const full = this.fullNames();
      const jobs = await this.store.claimDue(limit, full, this.runner.lease());
      for (const job of jobs) this.begin(job);
      const more = jobs.length === limit;
      this.behind = more || full.length > 0;
      return more;
    });
  }

  private begin(job: ClaimedJob): void {
    this.names.push(job.name);
    void this.runner.run(job).finally(() => {
      this.names.splice(this.names.indexOf(job.name), 1);
      if (!this.behind) return;
      this.takeDue().catch((err) => tellFailure(this.logger, err, 'taking the next job failed'));
    });
  }

  private room(): number {
    return this.draining.started ? 0 : MOST_AT_ONCE - this.names.length;
  }

  /** However many of one name are due, no more than there is room for. */
  private roomOfAnyName(): number {
    const counts = [...this.counts().values()].filter((count) => count < MOST_OF_ONE_NAME);
    return MOST_OF_ONE_NAME - Math.max(0, ...counts);
  }

  private fullNames(): string[] {
    return [...this.counts()].flatMap(([name, count]) => (count < MOST_OF_ONE_NAME ? [] : [name]));
  }

  private counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const name of this.names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  }

  /** One at a time, so that two never count on the same room. */
  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = this.last.then(work, work);
    this.last = next;
    return next;
  }
}
