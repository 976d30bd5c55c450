create table loopin.app_configs (
  version integer primary key check (version > 0),
  config jsonb not null,
  changed_by text not null,
  changed_at timestamptz not null
);
comment on table loopin.app_configs is 'Versions that are served, flags, maintenance: the newest counts, the others tell what was.';

alter table loopin.app_configs enable row level security;
create policy app on loopin.app_configs to loopin_app using (true) with check (true);
grant select, insert on loopin.app_configs to loopin_app;

-- which versions of the app are out there, without looking at every device
create index devices_platform_version on loopin.devices (platform, app_version);
