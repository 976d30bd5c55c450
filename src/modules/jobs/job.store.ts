import type { Transaction } from '../../platform/database/transaction';
import type { JobId } from '../../shared/ids';

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface NewJob {
  readonly id: JobId;
  readonly name: string;
  readonly payload: unknown;
  readonly key: string | undefined;
  readonly runAt: Date;
  /** From when a worker takes it without having had a message. */
  readonly wakeAt: Date;
  readonly correlationId: string;
}

/** A job as people look at it. */
export interface Job {
  readonly id: JobId;
  readonly name: string;
  readonly payload: unknown;
  readonly key: string | null;
  readonly state: JobState;
  readonly attempts: number;
  readonly progress: { readonly done: number; readonly total: number | null };
  readonly cancelRequestedAt: Date | null;
  readonly lastError: string | null;
  readonly correlationId: string;
  readonly runAt: Date;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface JobFilter {
  readonly status?: JobState | undefined;
  readonly name?: string | undefined;
}

export abstract class JobStore {
  /** @returns the job that is there now: another one when an open job has its key, or the same when its id was stored before */
  abstract add(tx: Transaction, job: NewJob, now: Date): Promise<{ id: JobId; added: boolean }>;
  /** Newest first. @returns up to `limit + 1` */
  abstract list(filter: JobFilter, limit: number, after: string | undefined): Promise<Job[]>;
  abstract find(id: JobId): Promise<Job | undefined>;
  /** Until the transaction ends nobody begins, ends or checkpoints it. */
  abstract lock(tx: Transaction, id: JobId): Promise<Job | undefined>;
  /** Ends it before it began. */
  abstract cancelQueued(tx: Transaction, id: JobId, now: Date): Promise<void>;
  /** Its attempt learns of it at its next checkpoint or heartbeat. */
  abstract requestCancel(tx: Transaction, id: JobId, now: Date): Promise<void>;
  /** As if it were new, but for its checkpoint. @throws JobAlreadyOpen when another open job has its key */
  abstract reopen(tx: Transaction, id: JobId, now: Date, wakeAt: Date): Promise<void>;
}
