-- Second factors: one-time passwords, recovery codes, sign-ins that wait for one, and how fresh a session's proof is.

alter table loopin.sessions add column aal2_at timestamptz;
comment on column loopin.sessions.aal2_at is 'The last second factor of this session; null at aal1.';

create table loopin.mfa_totp (
  user_id uuid primary key references loopin.users on delete cascade,
  secret_sealed bytea not null,
  -- null once confirmed
  pending_until timestamptz,
  -- time step (30 s each) of the newest code that was taken: only later ones are
  last_step integer,
  failed_at timestamptz[] not null default '{}'
);
comment on table loopin.mfa_totp is 'One a user. Its row is locked while a code is judged: one code at a time.';
comment on column loopin.mfa_totp.failed_at is 'Wrong codes of the last hour, recovery codes too.';
create index mfa_totp_pending on loopin.mfa_totp (pending_until) where pending_until is not null;

create table loopin.mfa_recovery_codes (
  user_id uuid not null references loopin.users on delete cascade,
  code_mac bytea not null,
  primary key (user_id, code_mac)
);
comment on table loopin.mfa_recovery_codes is 'Those not used yet, as keyed digests.';

create table loopin.mfa_tokens (
  token_hash bytea primary key,
  user_id uuid not null references loopin.users on delete cascade,
  device jsonb not null,
  amr text[] not null,
  dpop_jkt text,
  password_changed_at timestamptz,
  expires_at timestamptz not null,
  tries integer not null default 0
);
comment on table loopin.mfa_tokens is 'Sign-ins whose first factor was proved, for 5 minutes.';
comment on column loopin.mfa_tokens.device is 'What the sign-in said of its device: the session is opened there and nowhere else.';
comment on column loopin.mfa_tokens.dpop_jkt is 'The key of the first step: the second one proves it too.';
comment on column loopin.mfa_tokens.password_changed_at is 'Another password since then ends the sign-in.';
create index mfa_tokens_user on loopin.mfa_tokens (user_id);
create index mfa_tokens_expired on loopin.mfa_tokens (expires_at);

alter table loopin.mfa_totp enable row level security;
alter table loopin.mfa_recovery_codes enable row level security;
alter table loopin.mfa_tokens enable row level security;

create policy app on loopin.mfa_totp to loopin_app using (true) with check (true);
create policy app on loopin.mfa_recovery_codes to loopin_app using (true) with check (true);
create policy app on loopin.mfa_tokens to loopin_app using (true) with check (true);

grant select, insert, update, delete on loopin.mfa_totp, loopin.mfa_recovery_codes, loopin.mfa_tokens to loopin_app;
