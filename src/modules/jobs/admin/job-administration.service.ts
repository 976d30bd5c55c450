import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock } from '../../../shared/clock';
import { NotFound } from '../../../shared/domain-error';
import type { JobId } from '../../../shared/ids';
import { type Page, toPage } from '../../../shared/page';
import { AuditLog } from '../../audit';
import { type Job, type JobFilter, JobStore } from '../job.store';
import { JobNotRetryable, JobOver } from '../jobs.errors';
import { Jobs } from '../jobs.service';

/** Looking at jobs, and at what may be done about them. */
@Injectable()
export class JobAdministration {
  constructor(
    private readonly store: JobStore,
    private readonly jobs: Jobs,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Newest first. */
  async list(query: JobFilter & { limit: number; cursor?: string | undefined }): Promise<Page<Job>> {
    const { limit, cursor, ...filter } = query;
    return toPage(await this.store.list(filter, limit, cursor), limit, ({ id }) => id);
  }

  /** @throws NotFound */
  async inspect(id: JobId): Promise<Job> {
    return orNotFound(await this.store.find(id));
  }

  /**
   * A queued job at once, a running one at its next checkpoint. Asking twice is no mistake.
   * @throws NotFound
   * @throws JobOver
   */
  async cancel(actor: string, id: JobId): Promise<Job> {
    await this.change(actor, id, 'job.cancelled', async (tx, job) => {
      if (job.state === 'queued') await this.store.cancelQueued(tx, id, this.clock.now());
      else if (job.state === 'running') await this.store.requestCancel(tx, id, this.clock.now());
      else throw new JobOver();
    });
    return this.inspect(id);
  }

  /**
   * From its last checkpoint, with all its attempts before it.
   * @throws NotFound
   * @throws JobNotRetryable unless it failed or was cancelled
   * @throws JobAlreadyOpen when another job with its key is open
   */
  async retry(actor: string, id: JobId): Promise<Job> {
    await this.change(actor, id, 'job.retried', async (tx, { state }) => {
      if (state !== 'failed' && state !== 'cancelled') throw new JobNotRetryable();
      await this.jobs.reopen(tx, id);
    });
    return this.inspect(id);
  }

  private async change(
    actor: string,
    id: JobId,
    action: string,
    work: (tx: Transaction, job: Job) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const job = orNotFound(await this.store.lock(tx, id));
      await work(tx, job);
      const details = { name: job.name, state: job.state };
      await this.audit.record(tx, { actor, action, target: `job:${id}`, details });
    });
  }
}

function orNotFound(job: Job | undefined): Job {
  if (job === undefined) throw new NotFound();
  return job;
}
