import { Jobs } from '../../src/modules/jobs/jobs.service';
import { PgJobStore } from '../../src/modules/jobs/pg-job.store';
import { JobHandlers } from '../../src/modules/jobs/running/job-handlers';
import { JobRunner } from '../../src/modules/jobs/running/job-runner';
import { JobTaking } from '../../src/modules/jobs/running/job-taking';
import { JobTimings } from '../../src/modules/jobs/running/job-timings';
import { PgJobRunStore } from '../../src/modules/jobs/running/pg-job-run.store';
import type { Database } from '../../src/platform/database/database';
import { Draining } from '../../src/platform/lifecycle/draining';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { Outbox } from '../../src/platform/sqs/outbox';
import type { Clock } from '../../src/shared/clock';
import type { JobId } from '../../src/shared/ids';
import type { JobType } from '../../src/shared/job';
import { waitFor } from './wait-for';

/** A worker's part that does jobs, without its loops: the test says when it looks. */
export class JobsBed {
  readonly handlers = new JobHandlers();
  readonly store: PgJobStore;
  readonly runs: PgJobRunStore;
  readonly draining = new Draining();
  readonly jobs: Jobs;
  readonly runner: JobRunner;
  readonly taking: JobTaking;

  constructor(
    readonly database: Database,
    clock: Clock,
  ) {
    this.store = new PgJobStore(database);
    this.runs = new PgJobRunStore(database);
    this.jobs = new Jobs(this.store, new Outbox(clock, new RelayOnly(), database), clock);
    this.runner = new JobRunner(this.runs, this.handlers, database, clock, new JobTimings());
    this.taking = new JobTaking(this.runs, this.runner, clock, this.draining);
  }

  async enqueue<Payload>(job: JobType<Payload, unknown>, payload: Payload, runAt?: Date) {
    return this.database.transaction((tx) => this.jobs.enqueue(tx, job, payload, runAt && { runAt }));
  }

  async found(id: JobId) {
    const job = await this.store.find(id);
    if (job === undefined) throw new Error(`no job ${id}`);
    return job;
  }

  /** Waits until the job is in that state. */
  async reaches(id: JobId, state: string) {
    await waitFor(`${id} to be ${state}`, async () => (await this.found(id)).state === state, 20_000);
    return this.found(id);
  }
}
