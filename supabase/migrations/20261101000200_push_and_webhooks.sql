-- Notifications with a row for each recipient, and what providers tell us.

create table loopin.push_notifications (
  id uuid primary key,
  status text not null check (status in ('queued', 'sending', 'completed', 'failed')),
  audience jsonb not null,
  content jsonb not null,
  options jsonb not null,
  recipients integer,
  created_by text not null,
  created_at timestamptz not null,
  completed_at timestamptz
);

create table loopin.push_chunks (
  notification_id uuid not null references loopin.push_notifications on delete cascade,
  chunk integer not null,
  provider text not null,
  idempotency_key uuid not null,
  state text not null check (state in ('pending', 'sent', 'failed')),
  provider_message_id text,
  reason text,
  sent_at timestamptz,
  primary key (notification_id, chunk)
);
comment on table loopin.push_chunks is 'One provider call each: its members are frozen in push_deliveries before the first try.';
create index push_chunks_provider_message on loopin.push_chunks (provider, provider_message_id)
  where provider_message_id is not null;

create table loopin.push_deliveries (
  notification_id uuid not null references loopin.push_notifications on delete cascade,
  target text not null,
  chunk integer not null,
  user_id uuid not null,
  device_id uuid not null,
  state text not null check (state in ('pending', 'suppressed', 'sent', 'delivered', 'failed', 'invalid')),
  reason text,
  updated_at timestamptz not null,
  primary key (notification_id, target)
);
comment on column loopin.push_deliveries.target is 'Subscription id or registration token at the time of freezing.';
-- the only other index: one by state would tempt the planner to read every sent row for one receipt
create index push_deliveries_chunk on loopin.push_deliveries (notification_id, chunk);

create table loopin.push_early_receipts (
  provider text not null,
  provider_message_id text not null,
  target text not null,
  received_at timestamptz not null,
  primary key (provider, provider_message_id, target)
);
comment on table loopin.push_early_receipts is 'Receipts that overtook our own record of the sending; applied with it.';
create index push_early_receipts_received on loopin.push_early_receipts (received_at);

create table loopin.webhook_events (
  id uuid primary key,
  source text not null,
  provider_event_id text not null,
  body_hash bytea not null,
  type text not null,
  body_sealed bytea not null,
  state text not null check (state in ('received', 'processed', 'ignored')),
  received_at timestamptz not null,
  processed_at timestamptz,
  constraint webhook_events_provider_event_key unique (source, provider_event_id),
  -- where no signature covers an id, the same body under another id is the same event
  constraint webhook_events_body_key unique (source, body_hash)
);

alter table loopin.push_notifications enable row level security;
alter table loopin.push_chunks enable row level security;
alter table loopin.push_deliveries enable row level security;
alter table loopin.push_early_receipts enable row level security;
alter table loopin.webhook_events enable row level security;

create policy app on loopin.push_notifications to loopin_app using (true) with check (true);
create policy app on loopin.push_chunks to loopin_app using (true) with check (true);
create policy app on loopin.push_deliveries to loopin_app using (true) with check (true);
create policy app on loopin.push_early_receipts to loopin_app using (true) with check (true);
create policy app on loopin.webhook_events to loopin_app using (true) with check (true);

grant select, insert, update, delete on
  loopin.push_notifications, loopin.push_chunks, loopin.push_deliveries, loopin.push_early_receipts,
  loopin.webhook_events
to loopin_app;
