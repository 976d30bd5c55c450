import { Module } from '@nestjs/common';
import { JobStore } from './job.store';
import { Jobs } from './jobs.service';
import { PgJobStore } from './pg-job.store';

/** What whoever enqueues a job needs. */
@Module({
  providers: [Jobs, { provide: JobStore, useClass: PgJobStore }],
  exports: [Jobs, JobStore],
})
export class JobsModule {}
