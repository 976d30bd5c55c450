import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { secondsAfter } from '../../../shared/clock';
import type { JobId } from '../../../shared/ids';
import type { JobTables } from '../jobs.tables';
import {
  type Checkpoint,
  type ClaimedJob,
  type Holder,
  JobRunStore,
  type Lease,
  type Settlement,
  type Standing,
} from './job-run.store';

/** Workers' clocks differ a little: a message that is early by so much is no reason to wait for another. */
const EARLY_SECONDS = 5;

interface ClaimedRow {
  readonly id: JobId;
  readonly name: string;
  readonly payload: unknown;
  readonly checkpoint: unknown;
  readonly attempt: number;
  readonly failures: number;
  readonly losses: number;
  readonly cancel_requested: boolean;
  readonly correlation_id: string;
}

/** No statement here waits for a row that another attempt has locked on the connections that all share. */
@Injectable()
export class PgJobRunStore extends JobRunStore {
  constructor(private readonly database: Database) {
    super();
  }

  async claim(id: JobId, exceptNames: readonly string[], lease: Lease): Promise<ClaimedJob | undefined> {
    const [claimed] = await this.begin(
      sql`
        select id, state
        from loopin.jobs
        where id = ${id}
          and name <> all(${[...exceptNames]}::text[])
          and (
            (state = 'queued' and run_at <= ${secondsAfter(lease.now, EARLY_SECONDS)})
            or (state = 'running' and lease_until <= ${lease.now})
          )
        for update skip locked`,
      lease,
    );
    return claimed;
  }

  async claimDue(limit: number, exceptNames: readonly string[], lease: Lease): Promise<ClaimedJob[]> {
    const due =
      exceptNames.length === 0 ? dueOfAnyName(limit, lease.now) : dueExcept(exceptNames, limit, lease.now);
    return this.begin(due, lease);
  }

  async makeDue(id: JobId, now: Date): Promise<void> {
    await this.database.transaction((tx) =>
      tx
        .tables<JobTables>()
        .updateTable('loopin.jobs')
        .set({ wake_at: now })
        .where('id', '=', id)
        .where('state', '=', 'queued')
        .where('wake_at', '>', now)
        .execute(),
    );
  }

  async extend(holders: readonly Holder[], { until }: Lease): Promise<Standing[]> {
    if (holders.length === 0) return [];
    const { rows } = await sql<{ id: JobId; attempt: number; cancel_requested: boolean }>`
      with mine as (
        select j.id, j.attempt, j.cancel_requested_at is not null as cancel_requested
        from unnest(
          ${holders.map(({ id }) => id)}::uuid[],
          ${holders.map(({ attempt }) => attempt)}::integer[]
        ) as h(id, attempt)
        join loopin.jobs j on j.id = h.id and j.attempt = h.attempt
        where j.state = 'running'
      ), free as (
        select j.id
        from loopin.jobs j
        join mine on mine.id = j.id
        for update of j skip locked
      ), extended as (
        update loopin.jobs as j
        set lease_until = ${until}, wake_at = ${until}
        from free
        join mine on mine.id = free.id
        where j.id = free.id and j.attempt = mine.attempt and j.state = 'running'
      )
      select id, attempt, cancel_requested
      from mine`.execute(this.database.tables());
    return rows.map(({ id, attempt, cancel_requested }) => ({
      id,
      attempt,
      cancelRequested: cancel_requested,
    }));
  }

  async checkpoint(
    tx: Transaction,
    { id, attempt }: Holder,
    { state, progress }: Checkpoint,
    { until }: Lease,
  ): Promise<Standing | undefined> {
    const row = await this.mine(tx, { id, attempt })
      .set({
        lease_until: until,
        wake_at: until,
        losses: 0,
        ...(state !== undefined && { checkpoint: JSON.stringify(state) }),
        ...(progress !== undefined && { progress_done: progress.done }),
        ...(progress?.total !== undefined && { progress_total: progress.total }),
      })
      .returning('cancel_requested_at')
      .executeTakeFirst();
    return row && { id, attempt, cancelRequested: row.cancel_requested_at !== null };
  }

  async settle(holder: Holder, settlement: Settlement, now: Date): Promise<boolean> {
    const settled = await this.database.transaction((tx) =>
      this.mine(tx, holder)
        .set((eb) => {
          if (settlement.state !== 'queued') {
            return {
              state: settlement.state,
              wake_at: null,
              lease_until: null,
              finished_at: now,
              ...(settlement.state === 'failed' && { last_error: settlement.reason }),
            };
          }
          const { runAt, reason, failed } = settlement;
          return {
            state: settlement.state,
            run_at: runAt,
            wake_at: runAt,
            lease_until: null,
            failures: eb('failures', '+', failed ? 1 : 0),
            ...(reason !== undefined && { last_error: reason }),
          };
        })
        .returning('id')
        .executeTakeFirst(),
    );
    return settled !== undefined;
  }

  private async begin(due: RawBuilder<unknown>, { now, until }: Lease): Promise<ClaimedJob[]> {
    const { rows } = await sql<ClaimedRow>`
      with due as (${due})
      update loopin.jobs as j
      set state = 'running',
          attempt = j.attempt + 1,
          losses = j.losses + (due.state = 'running')::integer,
          lease_until = ${until},
          wake_at = ${until},
          started_at = coalesce(j.started_at, ${now})
      from due
      where j.id = due.id
      returning j.id, j.name, j.payload, j.checkpoint, j.attempt, j.failures, j.losses,
                j.cancel_requested_at is not null as cancel_requested, j.correlation_id`.execute(
      this.database.tables(),
    );
    return rows.map(({ cancel_requested, correlation_id, ...row }) => ({
      ...row,
      cancelRequested: cancel_requested,
      correlationId: correlation_id,
    }));
  }

  private mine(tx: Transaction, { id, attempt }: Holder) {
    return tx
      .tables<JobTables>()
      .updateTable('loopin.jobs')
      .where('id', '=', id)
      .where('attempt', '=', attempt)
      .where('state', '=', 'running');
  }
}

const dueOfAnyName = (limit: number, now: Date) => sql`
  select id, state
  from loopin.jobs
  where wake_at <= ${now}
  order by wake_at
  limit ${limit}
  for update skip locked`;

/** Looks at each name that is open for itself: there may be very many jobs of those that are excepted. */
const dueExcept = (names: readonly string[], limit: number, now: Date) => sql`
  with recursive open_names as (
    select min(name) as name
    from loopin.jobs
    where wake_at is not null
    union all
    select (
      select min(j.name)
      from loopin.jobs j
      where j.wake_at is not null and j.name > o.name
    )
    from open_names o
    where o.name is not null
  )
  select due.id, due.state
  from open_names o
  cross join lateral (
    select j.id, j.state, j.wake_at
    from loopin.jobs j
    where j.name = o.name and j.wake_at <= ${now}
    order by j.wake_at
    limit ${limit}
    for update skip locked
  ) due
  where o.name <> all(${[...names]}::text[])
  order by due.wake_at
  limit ${limit}`;
