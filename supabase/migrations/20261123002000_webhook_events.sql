-- Events of more sources: looked through, tried again, replayed, and kept for as long as somebody may ask for them.

alter table loopin.webhook_events
  drop constraint webhook_events_state_check,
  add constraint webhook_events_state_check check (state in ('received', 'processed', 'ignored', 'failed')),
  drop constraint webhook_events_body_key,
  alter column body_hash drop not null,
  add column occurred_at timestamptz,
  add column message_id uuid,
  add column sweep_at timestamptz,
  add column sweeps integer not null default 0,
  add column attempts integer not null default 0,
  add column last_error text;
comment on column loopin.webhook_events.occurred_at is 'When it happened, as the source says, where it does.';
comment on column loopin.webhook_events.message_id is 'The one message that may settle it: a replay has another, and what is left of the old one does nothing.';
comment on column loopin.webhook_events.sweep_at is 'From when its message counts as lost; moved ahead by each failed try.';
comment on column loopin.webhook_events.attempts is 'Failed tries since it came, or was last replayed.';

update loopin.webhook_events
set sweep_at = received_at
where state = 'received';

-- only where no signature covers the id: elsewhere two events may well have the same body
create unique index webhook_events_body on loopin.webhook_events (source, body_hash) where body_hash is not null;
create index webhook_events_lost on loopin.webhook_events (sweep_at) where state = 'received';
create index webhook_events_received on loopin.webhook_events (received_at, id);
create index webhook_events_source on loopin.webhook_events (source, received_at, id);
create index webhook_events_type on loopin.webhook_events (type, received_at, id);
create index webhook_events_state on loopin.webhook_events (state, received_at, id);

create table loopin.webhook_replays (
  id uuid primary key,
  source text,
  type text,
  state text,
  since timestamptz not null,
  until timestamptz not null,
  counted integer not null,
  replayed integer not null default 0,
  -- the last event that was given out again
  cursor_received_at timestamptz,
  cursor_id uuid,
  requested_by text not null,
  requested_at timestamptz not null,
  finished_at timestamptz
);
comment on table loopin.webhook_replays is 'A range of events that is given out again, and how far that has come.';
create index webhook_replays_requested on loopin.webhook_replays (requested_at);

alter table loopin.webhook_replays enable row level security;
create policy app on loopin.webhook_replays to loopin_app using (true) with check (true);
grant select, insert, update, delete on loopin.webhook_replays to loopin_app;
