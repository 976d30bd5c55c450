import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { PageQuery, pageOf } from '../../../shared/page';
import { JOB_STATES, type Job } from '../job.store';

export const JobsFilter = z.strictObject({
  ...PageQuery.shape,
  status: z.enum(JOB_STATES).optional(),
  name: z.string().min(1).max(100).optional(),
});
export class JobsQuery extends createZodDto(JobsFilter) {}

const JobView = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(JOB_STATES),
  /** In the job's own units; `total` where it knows. */
  progress: z.object({ done: z.number().int(), total: z.number().int().nullable() }),
  /** How often it was begun. */
  attempts: z.number().int(),
  lastError: z.string().nullable(),
  /** A running job ends at its next checkpoint. */
  cancelRequested: z.boolean(),
  correlationId: z.string(),
  runAt: z.string(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
type JobView = z.infer<typeof JobView>;
export class JobsAnswer extends createZodDto(pageOf(JobView)) {}

const JobDetails = z.object({
  ...JobView.shape,
  /** Ids. */
  payload: z.unknown(),
  /** Only one open job of this name may have it. */
  key: z.string().nullable(),
});
type JobDetails = z.infer<typeof JobDetails>;
export class JobAnswer extends createZodDto(JobDetails) {}

export const toJobView = (job: Job): JobView => ({
  id: job.id,
  name: job.name,
  status: job.state,
  progress: job.progress,
  attempts: job.attempts,
  lastError: job.lastError,
  cancelRequested: job.cancelRequestedAt !== null,
  correlationId: job.correlationId,
  runAt: job.runAt.toISOString(),
  createdAt: job.createdAt.toISOString(),
  startedAt: job.startedAt?.toISOString() ?? null,
  finishedAt: job.finishedAt?.toISOString() ?? null,
});

export const toJobDetails = (job: Job): JobDetails => ({
  ...toJobView(job),
  payload: job.payload,
  key: job.key,
});
