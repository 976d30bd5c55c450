-- What happens here, told to whoever subscribes: endpoints, events, deliveries and every attempt.

create table loopin.webhook_endpoints (
  id uuid primary key,
  url text not null,
  event_types text[] not null,
  description text,
  state text not null check (state in ('enabled', 'disabled')),
  disabled_reason text check (disabled_reason in ('failing', 'gone', 'operator')),
  secrets_sealed bytea not null,
  rotation_id uuid,
  failing_since timestamptz,
  noticed_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
comment on column loopin.webhook_endpoints.secrets_sealed is 'The secret, and those that are replaced and not over yet.';
comment on column loopin.webhook_endpoints.rotation_id is 'The request that made the newest secret: repeated after a crash it replaces that one only.';
comment on column loopin.webhook_endpoints.failing_since is 'The first failure since the last success.';
comment on column loopin.webhook_endpoints.noticed_at is 'When admins were told that half of its time is over.';

create table loopin.domain_events (
  id uuid primary key,
  type text not null,
  body text not null,
  order_key text,
  occurred_at timestamptz not null
);
comment on table loopin.domain_events is 'What happened, as it is sent: only what some endpoint subscribes to. Ids and states, nothing personal.';
comment on column loopin.domain_events.order_key is 'An endpoint is told of the same key one by one.';
create index domain_events_occurred on loopin.domain_events (occurred_at, id);

create table loopin.gathered_events (
  id bigint generated always as identity primary key,
  type text not null,
  group_key text not null,
  item jsonb not null,
  occurred_at timestamptz not null
);
comment on table loopin.gathered_events is 'What happens too often for an event each: the worker makes one of many.';

create table loopin.webhook_deliveries (
  endpoint_id uuid not null references loopin.webhook_endpoints on delete cascade,
  event_id uuid not null references loopin.domain_events on delete cascade,
  order_key text,
  state text not null check (state in ('pending', 'delivered', 'failed')),
  attempts integer not null default 0,
  failures integer not null default 0,
  next_attempt_at timestamptz not null,
  started_at timestamptz,
  created_at timestamptz not null,
  settled_at timestamptz,
  primary key (endpoint_id, event_id)
);
comment on column loopin.webhook_deliveries.failures is 'Since it was first due, or last resent: where in the schedule it is.';
comment on column loopin.webhook_deliveries.next_attempt_at is 'From when a worker may take it; moved ahead while one is at it.';
comment on column loopin.webhook_deliveries.started_at is 'Of an attempt whose end is not written: its worker is at it, or was killed.';
create index webhook_deliveries_due on loopin.webhook_deliveries (endpoint_id, next_attempt_at) where state = 'pending';
create index webhook_deliveries_order on loopin.webhook_deliveries (endpoint_id, order_key, event_id)
  where state = 'pending' and order_key is not null;
create index webhook_deliveries_state on loopin.webhook_deliveries (endpoint_id, state, event_id);
create index webhook_deliveries_event on loopin.webhook_deliveries (event_id);

-- no foreign key: it is written in bulk beside the result, and ages by itself
create table loopin.webhook_attempts (
  endpoint_id uuid not null,
  event_id uuid not null,
  number integer not null,
  started_at timestamptz not null,
  outcome text not null,
  status integer,
  latency_ms integer,
  response_sealed bytea,
  primary key (endpoint_id, event_id, number)
);
create index webhook_attempts_started on loopin.webhook_attempts (started_at);

alter table loopin.webhook_endpoints enable row level security;
alter table loopin.domain_events enable row level security;
alter table loopin.gathered_events enable row level security;
alter table loopin.webhook_deliveries enable row level security;
alter table loopin.webhook_attempts enable row level security;

create policy app on loopin.webhook_endpoints to loopin_app using (true) with check (true);
create policy app on loopin.domain_events to loopin_app using (true) with check (true);
create policy app on loopin.gathered_events to loopin_app using (true) with check (true);
create policy app on loopin.webhook_deliveries to loopin_app using (true) with check (true);
create policy app on loopin.webhook_attempts to loopin_app using (true) with check (true);

grant select, insert, update, delete on
  loopin.webhook_endpoints, loopin.domain_events, loopin.gathered_events, loopin.webhook_deliveries,
  loopin.webhook_attempts
to loopin_app;
