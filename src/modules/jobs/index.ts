export { JobAdministration } from './admin/job-administration.service';
export { JobsFilter, toJobDetails, toJobView } from './admin/jobs.schema';
export { type Job, JobStore } from './job.store';
export { JobsModule } from './jobs.module';
export { Jobs } from './jobs.service';
export { PgJobStore } from './pg-job.store';
export { GiveUp } from './running/job-ends';
export { JobHandlers } from './running/job-handlers';
export type { JobRun } from './running/job-run';
