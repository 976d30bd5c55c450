-- The audit: sealed after the fact, personal facts under a key of the person, months made ahead of time.

-- A person's data keys, sealed under KEY_ENCRYPTION_KEYS. Without them what was sealed for that person, here and in
-- any archive, is noise: that is how a person is forgotten where rows may not change.
create table loopin.subject_keys (
  id uuid primary key,
  user_id uuid not null references loopin.users on delete cascade,
  key_sealed bytea not null,
  created_at timestamptz not null
);
comment on table loopin.subject_keys is 'Each process makes its own for a person at first use, so that nobody has to look one up to write.';
create index subject_keys_user on loopin.subject_keys (user_id);

alter table loopin.subject_keys enable row level security;
create policy app on loopin.subject_keys to loopin_app using (true) with check (true);
grant select, insert, delete on loopin.subject_keys to loopin_app;

-- After a logical restore transaction ids begin anew: loopin.audit_after_restore() makes this larger, so that
-- positions go on growing.
create function loopin.audit_position_offset() returns bigint
language sql immutable
return 0::bigint;

alter table loopin.audit_events
  add column position bigint not null default (pg_current_xact_id()::text::bigint + loopin.audit_position_offset()),
  add column subject_key uuid,
  add column personal bytea;
comment on column loopin.audit_events.position is
  'The transaction that wrote it. Once every older transaction has ended no row can come any more: that much is sealed.';
comment on column loopin.audit_events.personal is 'Where and by what device, sealed under subject_key.';
comment on column loopin.audit_events.device_id is 'Of rows from before personal facts were sealed.';
comment on column loopin.audit_events.ip_prefix is 'Of servers; a person''s is in personal.';

drop index loopin.audit_events_target, loopin.audit_events_actor;
create index audit_events_time on loopin.audit_events (occurred_at, id);
create index audit_events_actor on loopin.audit_events (actor, occurred_at, id);
create index audit_events_target on loopin.audit_events (target, occurred_at, id);
create index audit_events_action on loopin.audit_events (action, occurred_at, id);
create index audit_events_position on loopin.audit_events (position, id);

-- whoever writes a row does not choose where it stands
revoke insert on loopin.audit_events from loopin_app;
grant insert (
  id, occurred_at, actor, action, target, device_id, ip_prefix, correlation_id, details, subject_key, personal
) on loopin.audit_events to loopin_app;

create table loopin.audit_seals (
  number bigint primary key check (number > 0),
  last_position bigint not null,
  last_id uuid not null,
  row_count integer not null check (row_count > 0),
  root bytea not null,
  previous bytea not null unique,
  hash bytea not null unique,
  sealed_at timestamptz not null
);
comment on table loopin.audit_seals is
  'Each seals the rows behind those of the seal before, up to (last_position, last_id): Merkle root and chain.';
create index audit_seals_range on loopin.audit_seals (last_position, last_id);

alter table loopin.audit_seals enable row level security;
create policy app on loopin.audit_seals to loopin_app using (true) with check (true);
grant select, insert on loopin.audit_seals to loopin_app;

-- A month's partition. Attaching one takes no lock that a writer waits for; rows that came before their month move
-- out of the default partition.
create function loopin.add_audit_month(month date) returns boolean
language plpgsql security definer
set search_path = ''
set lock_timeout = '200ms'
as $$
declare
  first date := date_trunc('month', month)::date;
  after date := (date_trunc('month', month) + interval '1 month')::date;
  name text := 'audit_events_' || to_char(month, 'YYYYMM');
begin
  if to_regclass('loopin.' || name) is not null then
    return false;
  end if;
  execute format('create table loopin.%I (like loopin.audit_events including defaults including constraints)', name);
  execute format('alter table loopin.%I enable row level security', name);
  execute format(
    'with moved as (delete from loopin.audit_events_default where occurred_at >= %L::timestamptz and occurred_at < %L::timestamptz returning *)'
    ' insert into loopin.%I select * from moved',
    first::text || ' 00:00:00+00', after::text || ' 00:00:00+00', name);
  execute format(
    'alter table loopin.audit_events attach partition loopin.%I for values from (%L) to (%L)',
    name, first::text || ' 00:00:00+00', after::text || ' 00:00:00+00');
  return true;
end
$$;

-- For the owner, once, after a restore that was no copy of the whole cluster.
create function loopin.audit_after_restore() returns bigint
language plpgsql
set search_path = ''
as $$
declare
  highest bigint;
begin
  select greatest(
    (select coalesce(max(last_position), 0) from loopin.audit_seals),
    (select coalesce(max(position), 0) from loopin.audit_events))
  into highest;
  execute format(
    'create or replace function loopin.audit_position_offset() returns bigint language sql immutable return %s::bigint',
    highest + 1);
  return highest + 1;
end
$$;

revoke execute on function loopin.add_audit_month(date), loopin.audit_after_restore() from public;
grant execute on function loopin.add_audit_month(date) to loopin_app;
