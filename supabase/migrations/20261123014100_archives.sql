-- Months that left the database for the archive.

create table loopin.archives (
  data_class text not null,
  month text not null check (month ~ '^\d{4}-\d{2}$'),
  schema_version integer not null,
  row_count bigint not null,
  -- of the uncompressed lines
  sha256 bytea not null,
  bytes bigint not null,
  object_key text not null,
  first_seal bigint,
  last_seal bigint,
  archived_at timestamptz not null,
  removed_at timestamptz,
  primary key (data_class, month)
);
comment on table loopin.archives is 'A row is written once its object was read back whole; only then do the rows leave their table.';
create index archives_archived on loopin.archives (archived_at);

alter table loopin.archives enable row level security;
create policy app on loopin.archives to loopin_app using (true) with check (true);
grant select, insert, delete on loopin.archives to loopin_app;
grant update (removed_at) on loopin.archives to loopin_app;

create index push_notifications_created on loopin.push_notifications (created_at, id);

-- Drops a month of the audit that is in the archive with as many rows as it has. For the moment of the drop writers
-- wait: it is given up after 200 ms, and tried again later.
create function loopin.drop_archived_audit_month(month date) returns boolean
language plpgsql security definer
set search_path = ''
set lock_timeout = '200ms'
as $$
declare
  first date := date_trunc('month', month)::date;
  name text := 'audit_events_' || to_char(month, 'YYYYMM');
  archived bigint;
  present bigint;
begin
  if to_regclass('loopin.' || name) is null then
    return false;
  end if;
  select a.row_count into archived
  from loopin.archives a
  where a.data_class = 'audit_events' and a.month = to_char(first, 'YYYY-MM');
  execute format('select count(*) from loopin.%I', name) into present;
  if archived is distinct from present then
    raise exception 'month % of the audit has % rows, and % in the archive', first, present, coalesce(archived::text, 'none');
  end if;
  execute format('drop table loopin.%I', name);
  return true;
end
$$;
revoke execute on function loopin.drop_archived_audit_month(date) from public;
grant execute on function loopin.drop_archived_audit_month(date) to loopin_app;
