create table loopin.email_changes (
  user_id uuid primary key references loopin.users on delete cascade,
  new_email text not null,
  code_mac bytea not null,
  expires_at timestamptz not null,
  tries integer not null default 0
);
comment on table loopin.email_changes is 'Addresses that wait for their code. One that has an account has a row too: asking must not tell.';
create index email_changes_expired on loopin.email_changes (expires_at);

create table loopin.email_undos (
  token_hash bytea primary key,
  user_id uuid not null references loopin.users on delete cascade,
  old_email text not null,
  changed_at timestamptz not null,
  expires_at timestamptz not null
);
comment on table loopin.email_undos is 'For 7 days the owner of the old address can take a change back.';
create index email_undos_user on loopin.email_undos (user_id, changed_at);
create index email_undos_expired on loopin.email_undos (expires_at);

alter table loopin.mfa_totp add column confirmed_at timestamptz;
comment on column loopin.mfa_totp.confirmed_at is 'Null while pending, and where it was confirmed before this was noted.';

alter table loopin.email_changes enable row level security;
alter table loopin.email_undos enable row level security;
create policy app on loopin.email_changes to loopin_app using (true) with check (true);
create policy app on loopin.email_undos to loopin_app using (true) with check (true);
grant select, insert, update, delete on loopin.email_changes, loopin.email_undos to loopin_app;
