import { Injectable } from '@nestjs/common';
import type { Kysely, Selectable } from 'kysely';
import { Database } from '../../platform/database/database';
import { isUniqueViolation } from '../../platform/database/database.errors';
import type { Transaction } from '../../platform/database/transaction';
import type { JobId } from '../../shared/ids';
import { type Job, type JobFilter, JobStore, type NewJob } from './job.store';
import { JobAlreadyOpen } from './jobs.errors';
import type { JobTables } from './jobs.tables';

const COLUMNS = [
  'id',
  'name',
  'payload',
  'unique_key',
  'state',
  'attempt',
  'progress_done',
  'progress_total',
  'cancel_requested_at',
  'last_error',
  'correlation_id',
  'run_at',
  'created_at',
  'started_at',
  'finished_at',
] as const;
const OPEN = ['queued', 'running'] as const;
/** The job with the key may end between the two statements: then the key is free. */
const ADD_TRIES = 5;

@Injectable()
export class PgJobStore extends JobStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, job: NewJob, now: Date): Promise<{ id: JobId; added: boolean }> {
    for (let attempt = 1; attempt <= ADD_TRIES; attempt++) {
      if (await this.insert(tx, job, now)) return { id: job.id, added: true };
      const id = await this.standing(tx, job);
      if (id !== undefined) return { id, added: false };
    }
    throw new JobAlreadyOpen();
  }

  async list(filter: JobFilter, limit: number, after: string | undefined): Promise<Job[]> {
    const { status, name } = filter;
    const rows = await this.database
      .tables<JobTables>()
      .selectFrom('loopin.jobs')
      .select(COLUMNS)
      .$if(status !== undefined, (query) => query.where('state', '=', status ?? 'queued'))
      .$if(name !== undefined, (query) => query.where('name', '=', name ?? ''))
      .$if(after !== undefined, (query) => query.where('id', '<', (after ?? '') as JobId))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    return rows.map(toJob);
  }

  async find(id: JobId): Promise<Job | undefined> {
    const row = await this.one(this.database.tables<JobTables>(), id).executeTakeFirst();
    return row && toJob(row);
  }

  async lock(tx: Transaction, id: JobId): Promise<Job | undefined> {
    const row = await this.one(tx.tables<JobTables>(), id).forUpdate().executeTakeFirst();
    return row && toJob(row);
  }

  async cancelQueued(tx: Transaction, id: JobId, now: Date): Promise<void> {
    await this.update(tx, id)
      .set({ state: 'cancelled', cancel_requested_at: now, finished_at: now, wake_at: null })
      .execute();
  }

  async requestCancel(tx: Transaction, id: JobId, now: Date): Promise<void> {
    await this.update(tx, id).set({ cancel_requested_at: now }).execute();
  }

  async reopen(tx: Transaction, id: JobId, now: Date, wakeAt: Date): Promise<void> {
    try {
      await this.update(tx, id)
        .set({
          state: 'queued',
          run_at: now,
          wake_at: wakeAt,
          failures: 0,
          losses: 0,
          cancel_requested_at: null,
          finished_at: null,
        })
        .execute();
    } catch (error) {
      throw isUniqueViolation(error, 'jobs_open_key') ? new JobAlreadyOpen() : error;
    }
  }

  private async insert(tx: Transaction, job: NewJob, now: Date): Promise<boolean> {
    const added = await tx
      .tables<JobTables>()
      .insertInto('loopin.jobs')
      .values({
        id: job.id,
        name: job.name,
        payload: JSON.stringify(job.payload),
        unique_key: job.key ?? null,
        state: 'queued',
        run_at: job.runAt,
        wake_at: job.wakeAt,
        correlation_id: job.correlationId,
        created_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    return added !== undefined;
  }

  /** What kept a new row out. */
  private async standing(tx: Transaction, { id, name, key }: NewJob): Promise<JobId | undefined> {
    const row = await tx
      .tables<JobTables>()
      .selectFrom('loopin.jobs')
      .select('id')
      .where((eb) =>
        eb.or([
          eb('id', '=', id),
          eb.and([eb('name', '=', name), eb('unique_key', '=', key ?? null), eb('state', 'in', OPEN)]),
        ]),
      )
      .executeTakeFirst();
    return row?.id;
  }

  private one(tables: Kysely<JobTables>, id: JobId) {
    return tables.selectFrom('loopin.jobs').select(COLUMNS).where('id', '=', id);
  }

  private update(tx: Transaction, id: JobId) {
    return tx.tables<JobTables>().updateTable('loopin.jobs').where('id', '=', id);
  }
}

type JobRow = Pick<Selectable<JobTables['loopin.jobs']>, (typeof COLUMNS)[number]>;

const toJob = (row: JobRow): Job => ({
  id: row.id,
  name: row.name,
  payload: row.payload,
  key: row.unique_key,
  state: row.state,
  attempts: row.attempt,
  progress: { done: row.progress_done, total: row.progress_total },
  cancelRequestedAt: row.cancel_requested_at,
  lastError: row.last_error,
  correlationId: row.correlation_id,
  runAt: row.run_at,
  createdAt: row.created_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
});
