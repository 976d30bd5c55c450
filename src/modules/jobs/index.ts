export { JobsModule } from './jobs.module';
export { Jobs } from './jobs.service';
export { GiveUp } from './running/job-ends';
export { JobHandlers } from './running/job-handlers';
export type { JobRun } from './running/job-run';
