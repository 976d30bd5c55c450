-- Audiences by pages, two providers, and what a person wants to hear and when.

alter table loopin.devices
  -- the other way to the same phone, for when the first one's provider is away
  add column fallback_provider text check (fallback_provider in ('onesignal', 'fcm')),
  add column fallback_target text,
  add column push_ended_at timestamptz,
  add column push_end_reason text,
  add column fingerprint_changed_at timestamptz,
  add constraint devices_fallback_whole check ((fallback_provider is null) = (fallback_target is null)),
  add constraint devices_fallback_differs check (fallback_provider is distinct from push_provider or push_provider is null),
  add constraint devices_fallback_target_key unique (fallback_provider, fallback_target);
comment on column loopin.devices.push_end_reason is 'Why its push target was taken away: invalid_token, superseded, dead …';
-- phones that were silent for so long that their tokens are dead
create index devices_reachable_seen on loopin.devices (last_seen_at) where push_target is not null;

alter table loopin.push_notifications
  drop constraint push_notifications_status_check,
  add constraint push_notifications_status_check
    check (status in ('scheduled', 'queued', 'sending', 'completed', 'cancelled', 'failed')),
  add column category text not null default 'general',
  add column respect_quiet_hours boolean not null default true,
  add column dry_run boolean not null default false,
  -- a locale's words instead of the default ones, as they were when the notification was made
  add column localizations jsonb not null default '{}',
  add column template_name text,
  add column template_version integer,
  add column send_at timestamptz,
  add column expires_at timestamptz,
  add column audience_cursor uuid,
  add column audience_resolved_at timestamptz;
comment on column loopin.push_notifications.audience_cursor is 'The last user whose devices are frozen: the audience is read in pages of users.';
create index push_notifications_due on loopin.push_notifications (send_at) where status = 'scheduled';

alter table loopin.push_chunks
  drop constraint push_chunks_state_check,
  -- open: still being filled, page by page; only a chunk that is full, or the last one, is pending and sent
  add constraint push_chunks_state_check check (state in ('open', 'pending', 'sent', 'failed')),
  add column variant text not null default '',
  add column members integer not null default 0,
  -- a try whose answer never came may have reached the phones: from now on only the same call may be repeated
  add column ambiguous_since timestamptz,
  add column ambiguous_retries integer not null default 0,
  add column failed_over_from text,
  add column created_at timestamptz;
comment on column loopin.push_chunks.variant is 'The locale whose words its members get; empty for the default ones.';
create index push_chunks_open on loopin.push_chunks (notification_id, provider, variant) where state = 'open';
-- what a provider was given lately: its limits count by the quarter of an hour
create index push_chunks_sent on loopin.push_chunks (provider, sent_at) include (members) where sent_at is not null;

alter table loopin.push_deliveries
  -- its check takes longer than the row itself; whoever writes rows holds the lock of their notification
  drop constraint push_deliveries_notification_id_fkey,
  alter column chunk drop not null,
  -- no statistics: those of older notifications say that a new one has no rows, or none that are held, and the planner
  -- would read all of them for each one; without any it takes every notification for a large one
  alter column chunk set statistics 0,
  alter column notification_id set statistics 0,
  add column provider text,
  add column fallback_provider text,
  add column fallback_target text,
  add column variant text not null default '',
  add column not_before timestamptz,
  add column tried_at timestamptz,
  add column charged boolean not null default false,
  -- every row is changed at least once, when its chunk is settled: room for that on its own page spares the indexes
  set (fillfactor = 50);
alter table loopin.push_deliveries alter column not_before set statistics 0;
comment on column loopin.push_deliveries.chunk is 'Null while it is held for the end of its quiet hours, and where it was suppressed.';
comment on column loopin.push_deliveries.not_before is 'Held until then; null where it never was, and once it was suppressed.';
comment on column loopin.push_deliveries.charged is 'Whether the frequency cap of its category has counted it.';
-- the chunk first: by the notification first the planner would take it for a target's row, and read a whole
-- notification that is too young for its statistics
drop index loopin.push_deliveries_chunk;
create index push_deliveries_chunk on loopin.push_deliveries (chunk, notification_id) where chunk is not null;
-- none of them names the state: a change of an indexed column would write to every index again
create index push_deliveries_held on loopin.push_deliveries (not_before) where chunk is null and not_before is not null;
create index push_deliveries_held_of on loopin.push_deliveries (notification_id, user_id, not_before)
  where chunk is null and not_before is not null;

create table loopin.push_topic_subscriptions (
  topic text not null,
  user_id uuid not null references loopin.users on delete cascade,
  created_at timestamptz not null,
  primary key (topic, user_id)
);
create index push_topic_subscriptions_user on loopin.push_topic_subscriptions (user_id);

create table loopin.push_preferences (
  user_id uuid primary key references loopin.users on delete cascade,
  opted_out text[] not null default '{}',
  quiet_start time,
  quiet_end time,
  timezone text,
  updated_at timestamptz not null,
  check ((quiet_start is null) = (quiet_end is null) and (quiet_start is null) = (timezone is null))
);

create table loopin.push_categories (
  name text primary key,
  cap_count integer check (cap_count between 1 and 100),
  cap_window_seconds integer check (cap_window_seconds between 60 and 2592000),
  updated_at timestamptz not null,
  check ((cap_count is null) = (cap_window_seconds is null))
);
comment on table loopin.push_categories is 'Categories with a frequency cap; any other category is free of one.';

create table loopin.push_category_sends (
  user_id uuid not null references loopin.users on delete cascade,
  category text not null,
  -- never more than the cap: the window rolls
  sent_at timestamptz[] not null,
  primary key (user_id, category)
);

create table loopin.push_templates (
  name text not null,
  version integer not null,
  content jsonb not null,
  localizations jsonb not null,
  variables text[] not null,
  created_by text not null,
  created_at timestamptz not null,
  deleted_at timestamptz,
  primary key (name, version)
);

create table loopin.inbox_items (
  -- of users and push_notifications: read, or locked, by the statement that writes; a check a row costs more than the row
  user_id uuid not null,
  notification_id uuid not null,
  variant text not null default '',
  created_at timestamptz not null,
  read_at timestamptz,
  primary key (user_id, notification_id)
);
comment on table loopin.inbox_items is 'A notification in somebody''s feed; its words are the notification''s own.';
create index inbox_items_unread on loopin.inbox_items (user_id) where read_at is null;
create index inbox_items_created on loopin.inbox_items (created_at);

create function loopin.forget_inbox() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  delete from loopin.inbox_items where user_id = old.id;
  return null;
end
$$;
create trigger forget_inbox after delete on loopin.users for each row execute function loopin.forget_inbox();

create table loopin.push_slo (
  hour timestamptz primary key,
  within bigint not null default 0,
  late bigint not null default 0
);
comment on table loopin.push_slo is 'Recipients that a provider took or definitely refused within the time promised, and those that waited longer.';

alter table loopin.push_topic_subscriptions enable row level security;
alter table loopin.push_preferences enable row level security;
alter table loopin.push_categories enable row level security;
alter table loopin.push_category_sends enable row level security;
alter table loopin.push_templates enable row level security;
alter table loopin.inbox_items enable row level security;
alter table loopin.push_slo enable row level security;

create policy app on loopin.push_topic_subscriptions to loopin_app using (true) with check (true);
create policy app on loopin.push_preferences to loopin_app using (true) with check (true);
create policy app on loopin.push_categories to loopin_app using (true) with check (true);
create policy app on loopin.push_category_sends to loopin_app using (true) with check (true);
create policy app on loopin.push_templates to loopin_app using (true) with check (true);
create policy app on loopin.inbox_items to loopin_app using (true) with check (true);
create policy app on loopin.push_slo to loopin_app using (true) with check (true);

grant select, insert, update, delete on
  loopin.push_topic_subscriptions, loopin.push_preferences, loopin.push_categories, loopin.push_category_sends,
  loopin.push_templates, loopin.inbox_items, loopin.push_slo
to loopin_app;
