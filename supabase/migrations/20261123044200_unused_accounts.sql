-- Accounts that nobody used for seven years are erased.

alter table loopin.users add column last_seen_at timestamptz;
comment on column loopin.users.last_seen_at is 'The newest time that a device of theirs was seen which is deleted since.';
create index users_created on loopin.users (created_at, id);

create function loopin.keep_last_seen() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  update loopin.users
  set last_seen_at = greatest(last_seen_at, old.last_seen_at)
  where id = old.user_id;
  return null;
end
$$;
create trigger keep_last_seen after delete on loopin.devices
for each row execute function loopin.keep_last_seen();

alter table loopin.account_deletions add column unused boolean not null default false;
comment on column loopin.account_deletions.unused is 'Nobody asked for it: whoever uses the account before it is due keeps it.';
