-- Former passwords, ways to a new one, and the lock of sign-ins.

create table loopin.password_history (
  id uuid primary key,
  user_id uuid not null references loopin.users on delete cascade,
  password_hash text not null,
  replaced_at timestamptz not null
);
comment on table loopin.password_history is 'Former passwords: with the one in use the last five of a user.';
create index password_history_user on loopin.password_history (user_id, id);

create table loopin.password_change_tokens (
  token_hash bytea primary key,
  user_id uuid not null references loopin.users on delete cascade,
  expires_at timestamptz not null,
  tries integer not null default 0
);
comment on table loopin.password_change_tokens is 'For who knows a password that has expired: good for choosing another one.';
create index password_change_tokens_user on loopin.password_change_tokens (user_id);
create index password_change_tokens_expired on loopin.password_change_tokens (expires_at);

create table loopin.password_resets (
  email text primary key,
  code_mac bytea not null,
  expires_at timestamptz not null,
  tries integer not null default 0
);
comment on table loopin.password_resets is 'Codes by mail. An address without an account has a row too: asking must not tell.';
create index password_resets_expired on loopin.password_resets (expires_at);

create table loopin.sign_in_failures (
  -- keyed digest of the address, whether or not it has an account
  account bytea not null,
  -- all devices that never signed in share the nil UUID
  device_id uuid not null,
  failed_at timestamptz[] not null,
  locks integer not null default 0,
  locked_until timestamptz,
  expires_at timestamptz not null,
  primary key (account, device_id)
);
comment on column loopin.sign_in_failures.failed_at is 'The tries of the last 15 minutes that did not succeed, or not yet.';
comment on column loopin.sign_in_failures.locks is 'How many times in a row it was locked: each takes twice as long.';
create index sign_in_failures_expired on loopin.sign_in_failures (expires_at);

alter table loopin.password_history enable row level security;
alter table loopin.password_change_tokens enable row level security;
alter table loopin.password_resets enable row level security;
alter table loopin.sign_in_failures enable row level security;

create policy app on loopin.password_history to loopin_app using (true) with check (true);
create policy app on loopin.password_change_tokens to loopin_app using (true) with check (true);
create policy app on loopin.password_resets to loopin_app using (true) with check (true);
create policy app on loopin.sign_in_failures to loopin_app using (true) with check (true);

grant select, insert, update, delete on
  loopin.password_history, loopin.password_change_tokens, loopin.password_resets, loopin.sign_in_failures
to loopin_app;
