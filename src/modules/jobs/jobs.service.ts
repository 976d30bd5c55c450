import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Transaction } from '../../platform/database/transaction';
import { Outbox } from '../../platform/sqs/outbox';
import { Clock, MINUTE, secondsAfter } from '../../shared/clock';
import { idSchema, type JobId, newId } from '../../shared/ids';
import type { JobType } from '../../shared/job';
import { defineMessage } from '../../shared/message';
import { currentContext } from '../../shared/request-context';
import { JobStore } from './job.store';

/** Wakes a worker up. The row says whether there is something to do, so it may come late, twice or never. */
export const RunJob = defineMessage('job.run', 'background-jobs', z.object({ jobId: idSchema<'Job'>() }));

/** A message that takes longer counts as lost: workers take the job without it. */
const MESSAGE_WITHIN_SECONDS = MINUTE;

interface EnqueueOptions {
  /** Not before; at once unless given. */
  readonly runAt?: Date;
  /** Under which it is stored: the same one twice makes one job. */
  readonly id?: JobId;
}

export interface Enqueued {
  readonly id: JobId;
  /** False when a job with the same key was open already: that one's id is given. */
  readonly added: boolean;
}

/** Hands work to a worker, together with the rows that it is about. */
@Injectable()
export class Jobs {
  constructor(
    private readonly store: JobStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** The job is there exactly when the transaction's other rows are. */
  async enqueue<Payload>(
    tx: Transaction,
    job: JobType<Payload, unknown>,
    payload: Payload,
    { runAt, id = newId<'Job'>() }: EnqueueOptions = {},
  ): Promise<Enqueued> {
    const now = this.clock.now();
    const delayed = runAt !== undefined && runAt > now;
    const enqueued = await this.store.add(
      tx,
      {
        id,
        name: job.name,
        payload: job.payload.parse(payload),
        key: job.key?.(payload),
        runAt: delayed ? runAt : now,
        wakeAt: delayed ? runAt : secondsAfter(now, MESSAGE_WITHIN_SECONDS),
        correlationId: currentContext()?.correlationId ?? crypto.randomUUID(),
      },
      now,
    );
    // one kind of work must not keep the others waiting
    if (enqueued.added && !delayed) await this.outbox.add(tx, RunJob, { jobId: id }, { groupId: job.name });
    return enqueued;
  }

  /** Begins a job anew that was over; its checkpoint is kept. @throws JobAlreadyOpen */
  async reopen(tx: Transaction, id: JobId): Promise<void> {
    const now = this.clock.now();
    await this.store.reopen(tx, id, now, secondsAfter(now, MESSAGE_WITHIN_SECONDS));
    await this.outbox.add(tx, RunJob, { jobId: id });
  }
}
