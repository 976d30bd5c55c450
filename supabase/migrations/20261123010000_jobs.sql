-- Work that a worker does once: its row is the truth, a message in the queue only wakes somebody up.

create table loopin.jobs (
  id uuid primary key,
  name text not null,
  payload jsonb not null,
  unique_key text,
  state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  run_at timestamptz not null,
  wake_at timestamptz,
  lease_until timestamptz,
  attempt integer not null default 0,
  failures integer not null default 0,
  losses integer not null default 0,
  progress_done integer not null default 0,
  progress_total integer,
  checkpoint jsonb,
  cancel_requested_at timestamptz,
  last_error text,
  correlation_id uuid not null,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz
);
comment on column loopin.jobs.payload is 'Ids only: nothing secret, nothing personal.';
comment on column loopin.jobs.wake_at is 'From when any worker may take it without a message; null once it is over.';
comment on column loopin.jobs.attempt is 'How often it was begun. What an older attempt still writes is refused.';
comment on column loopin.jobs.failures is 'Attempts that failed by themselves, of as many as its definition allows.';
comment on column loopin.jobs.losses is 'Attempts in a row whose worker died without a checkpoint.';

create unique index jobs_open_key on loopin.jobs (name, unique_key)
  where unique_key is not null and state in ('queued', 'running');
create index jobs_wake on loopin.jobs (wake_at) where wake_at is not null;
create index jobs_name on loopin.jobs (name, id);
create index jobs_state on loopin.jobs (state, id);
create index jobs_name_state on loopin.jobs (name, state, id);
create index jobs_finished on loopin.jobs (state, finished_at);

create table loopin.schedule_slots (
  schedule text not null,
  slot timestamptz not null,
  job_id uuid,
  taken_at timestamptz not null,
  primary key (schedule, slot)
);
comment on table loopin.schedule_slots is 'Each time that a schedule names is taken once, by whichever worker is first.';
create index schedule_slots_taken on loopin.schedule_slots (taken_at);

alter table loopin.jobs enable row level security;
alter table loopin.schedule_slots enable row level security;
create policy app on loopin.jobs to loopin_app using (true) with check (true);
create policy app on loopin.schedule_slots to loopin_app using (true) with check (true);
grant select, insert, update, delete on loopin.jobs to loopin_app;
grant select, insert, update, delete on loopin.schedule_slots to loopin_app;
