-- Who did what: append-only. The application may read and add, never change or remove.

create table loopin.audit_events (
  id uuid not null,
  occurred_at timestamptz not null,
  actor text not null,
  action text not null,
  target text not null,
  device_id uuid,
  ip_prefix text,
  correlation_id uuid,
  details jsonb not null,
  primary key (id, occurred_at)
) partition by range (occurred_at);
comment on column loopin.audit_events.details is 'Codes and ids; never a secret and nothing personal.';
create index audit_events_target on loopin.audit_events (target, occurred_at desc);
create index audit_events_actor on loopin.audit_events (actor, occurred_at desc);

-- a month each; whatever has no month of its own lands in the default
create table loopin.audit_events_default partition of loopin.audit_events default;
do $$
declare
  month date := '2026-11-01';
begin
  while month < date '2028-01-01' loop
    execute format(
      'create table loopin.%I partition of loopin.audit_events for values from (%L) to (%L)',
      'audit_events_' || to_char(month, 'YYYYMM'), month, (month + interval '1 month')::date);
    execute format('alter table loopin.%I enable row level security', 'audit_events_' || to_char(month, 'YYYYMM'));
    month := (month + interval '1 month')::date;
  end loop;
end
$$;

alter table loopin.audit_events enable row level security;
alter table loopin.audit_events_default enable row level security;
create policy app on loopin.audit_events to loopin_app using (true) with check (true);
grant select, insert on loopin.audit_events to loopin_app;
