import { Injectable } from '@nestjs/common';
import type { JobType, RetryPolicy } from '../../../shared/job';
import { JobRun, type RunTools } from './job-run';
import type { ClaimedJob } from './job-run.store';

/** Throws to be tried again later, and is idempotent: it may run twice, though never twice at once. */
type Handler<Payload, State> = (payload: Payload, run: JobRun<State>) => Promise<void>;

/** An attempt that is ready to begin. */
export interface Prepared {
  readonly run: Pick<JobRun<unknown>, 'end' | 'signal'>;
  readonly work: () => Promise<void>;
}

export interface Registered {
  readonly retry: RetryPolicy;
  /** @throws Error when payload or checkpoint are not what the definition says */
  readonly prepare: (claimed: ClaimedJob, tools: RunTools) => Prepared;
}

/** Who does which job. Modules register in their constructors, before the first job is taken. */
@Injectable()
export class JobHandlers {
  private readonly handlers = new Map<string, Registered>();

  /** @throws Error at start-up when the job has a handler already */
  on<Payload, State>(job: JobType<Payload, State>, handler: Handler<Payload, State>): void {
    if (this.handlers.has(job.name)) throw new Error(`the job ${job.name} has a handler already`);
    this.handlers.set(job.name, {
      retry: job.retry,
      prepare: (claimed, tools) => {
        const payload = job.payload.parse(claimed.payload);
        const state = claimed.checkpoint === null ? undefined : job.checkpoint?.parse(claimed.checkpoint);
        const run = new JobRun<State>(claimed, state, tools);
        return { run, work: () => handler(payload, run) };
      },
    });
  }

  get(name: string): Registered | undefined {
    return this.handlers.get(name);
  }
}
