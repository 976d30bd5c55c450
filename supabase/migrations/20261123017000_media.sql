create table loopin.media (
  id uuid primary key,
  -- no foreign key: the row has to outlive its owner until the bytes are gone
  user_id uuid not null,
  purpose text not null,
  content_type text not null,
  bytes integer not null check (bytes > 0),
  status text not null check (status in ('pending', 'ready', 'discarded')),
  created_at timestamptz not null,
  upload_until timestamptz not null,
  sweep_at timestamptz
);
comment on table loopin.media is 'Files of users. Their bytes are in the storage under users/<user>/<id>.';
comment on column loopin.media.sweep_at is 'When the sweep removes its bytes: discarded, or announced and never completed.';
create index media_user on loopin.media (user_id);
create index media_sweep on loopin.media (sweep_at) where sweep_at is not null;

create function loopin.discard_media() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  update loopin.media
  set status = 'discarded', sweep_at = created_at
  where user_id = old.id;
  return null;
end
$$;
create trigger discard_media after delete on loopin.users for each row execute function loopin.discard_media();

alter table loopin.media enable row level security;
create policy app on loopin.media to loopin_app using (true) with check (true);
grant select, insert, update, delete on loopin.media to loopin_app;
