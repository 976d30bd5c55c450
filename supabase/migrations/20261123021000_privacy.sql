-- Accounts that are to be erased, and archives that people asked for of their own data.
create table loopin.account_deletions (
  user_id uuid primary key references loopin.users on delete cascade,
  job_id uuid not null,
  requested_at timestamptz not null,
  due_at timestamptz not null,
  -- from here on it can't be taken back
  begun_at timestamptz
);
comment on table loopin.account_deletions is 'Erasures that wait for the end of their grace. A row is there exactly while one may come.';

create table loopin.data_exports (
  -- its job's
  id uuid primary key,
  user_id uuid not null references loopin.users on delete cascade,
  bytes bigint not null,
  ready_at timestamptz not null,
  expires_at timestamptz not null
);
comment on table loopin.data_exports is 'Archives of a person''s data in the storage, under exports/<user>/<id>.json, for a day.';
create index data_exports_user on loopin.data_exports (user_id);
create index data_exports_expired on loopin.data_exports (expires_at);

-- Whoever is erased is looked for among the mails that were not sent yet: only those still have an address.
create index mails_unsent on loopin.mails (id) where content_sealed is not null;

alter table loopin.account_deletions enable row level security;
alter table loopin.data_exports enable row level security;
create policy app on loopin.account_deletions to loopin_app using (true) with check (true);
create policy app on loopin.data_exports to loopin_app using (true) with check (true);
grant select, insert, update, delete on loopin.account_deletions, loopin.data_exports to loopin_app;
