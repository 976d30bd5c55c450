-- Dead letters: what the queues gave up, why, and what became of it. And what the queues look like, for those who may not ask them.

alter table loopin.inbox
  add column failure_code text,
  add column first_failed_at timestamptz;
comment on column loopin.inbox.failure_code is 'The kind of the last failure, for lists; last_error has the words.';

create table loopin.dead_letters (
  id uuid primary key,
  queue text not null,
  type text,
  version integer,
  correlation_id uuid,
  occurred_at timestamptz,
  group_id text,
  state text not null check (state in ('waiting', 'redriven', 'discarded')),
  reason_code text not null,
  reason text not null,
  attempts integer not null,
  deaths integer not null default 1,
  first_failed_at timestamptz not null,
  last_failed_at timestamptz not null,
  died_at timestamptz not null,
  changed_at timestamptz not null,
  action_id uuid,
  body_sealed bytea not null,
  body_bytes integer not null,
  body_hash bytea not null
);
comment on table loopin.dead_letters is 'Messages that a queue gave up, under their own ids.';
comment on column loopin.dead_letters.id is 'The message''s own; the queue''s where its body can''t be read.';
comment on column loopin.dead_letters.type is 'Null where the body can''t be read.';
comment on column loopin.dead_letters.attempts is 'Tries over all of its deaths.';
comment on column loopin.dead_letters.died_at is 'When it last came out of the dead-letter queue.';
comment on column loopin.dead_letters.action_id is 'The redrive or discard that last moved it.';
create index dead_letters_died on loopin.dead_letters (state, died_at, id);
create index dead_letters_queue on loopin.dead_letters (state, queue, died_at, id);
create index dead_letters_type on loopin.dead_letters (state, type, died_at, id);
create index dead_letters_reason on loopin.dead_letters (state, reason_code, died_at, id);
create index dead_letters_changed on loopin.dead_letters (state, changed_at);
-- one that can't be read and was given out again comes back under another id of the queue
create index dead_letters_unreadable on loopin.dead_letters (body_hash) where type is null and state = 'redriven';

create table loopin.dead_letter_deaths (
  -- of the queue: each time a message is sent it gets another, which it keeps in the dead-letter queue
  queue_message_id text primary key,
  dead_letter_id uuid not null references loopin.dead_letters (id) on delete cascade,
  reason_code text not null,
  reason text not null,
  attempts integer not null,
  died_at timestamptz not null
);
comment on table loopin.dead_letter_deaths is 'Each death of a message once, however often it is drained.';
create index dead_letter_deaths_letter on loopin.dead_letter_deaths (dead_letter_id, died_at);

create table loopin.dead_letter_actions (
  id uuid primary key,
  kind text not null check (kind in ('redrive', 'discard')),
  ids uuid[],
  queue text,
  type text,
  reason_code text,
  since timestamptz,
  until timestamptz not null,
  rate_per_second integer,
  reason text,
  counted integer not null,
  moved integer not null default 0,
  requested_by text not null,
  requested_at timestamptz not null,
  next_at timestamptz not null,
  finished_at timestamptz
);
comment on table loopin.dead_letter_actions is 'A redrive or discard, and how far it has come.';
comment on column loopin.dead_letter_actions.next_at is 'From when its next batch may go: what keeps its rate, over any number of workers.';
create index dead_letter_actions_next on loopin.dead_letter_actions (next_at) where finished_at is null;
create index dead_letter_actions_requested on loopin.dead_letter_actions (requested_at);

create table loopin.queue_snapshots (
  queue text primary key,
  visible bigint not null,
  in_flight bigint not null,
  delayed bigint not null,
  undrained bigint not null,
  oldest_unfinished_at timestamptz,
  finished_before timestamptz not null,
  taken_at timestamptz not null
);
comment on table loopin.queue_snapshots is 'What the worker last saw of each queue: nobody else may look into one.';
comment on column loopin.queue_snapshots.undrained is 'In the dead-letter queue, not yet in dead_letters.';
comment on column loopin.queue_snapshots.finished_before is 'Messages published before this are all finished: the next look starts there.';

alter table loopin.dead_letters enable row level security;
alter table loopin.dead_letter_deaths enable row level security;
alter table loopin.dead_letter_actions enable row level security;
alter table loopin.queue_snapshots enable row level security;

create policy app on loopin.dead_letters to loopin_app using (true) with check (true);
create policy app on loopin.dead_letter_deaths to loopin_app using (true) with check (true);
create policy app on loopin.dead_letter_actions to loopin_app using (true) with check (true);
create policy app on loopin.queue_snapshots to loopin_app using (true) with check (true);

grant select, insert, update, delete
on loopin.dead_letters, loopin.dead_letter_deaths, loopin.dead_letter_actions, loopin.queue_snapshots
to loopin_app;
