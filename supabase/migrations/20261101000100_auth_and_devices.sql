-- Accounts, registrations, devices, sessions, keys, and mails on their way.

create table loopin.users (
  id uuid primary key,
  email text not null,
  password_hash text,
  password_changed_at timestamptz,
  display_name text,
  roles text[] not null default '{user}',
  mfa_enabled boolean not null default false,
  created_at timestamptz not null,
  constraint users_email_key unique (email)
);

create table loopin.registrations (
  email text primary key,
  password_hash text,
  -- more than one password was offered before the address was proved: none will be kept
  disputed boolean not null default false,
  display_name text,
  roles text[] not null default '{user}',
  code_mac bytea not null,
  code_expires_at timestamptz not null,
  tries integer not null default 0,
  created_at timestamptz not null
);
comment on table loopin.registrations is 'No account yet: the address is not proved.';
create index registrations_expired on loopin.registrations (code_expires_at);

create table loopin.devices (
  id uuid primary key,
  user_id uuid not null references loopin.users on delete cascade,
  device_id uuid not null,
  platform text not null check (platform in ('ios', 'android', 'web')),
  app_version text not null,
  os_version text,
  model text,
  locale text,
  timezone text,
  fingerprint text,
  push_provider text check (push_provider in ('onesignal', 'fcm')),
  push_target text,
  token_hash bytea,
  -- a new version of the app gets a new token
  token_app_version text,
  previous_token_hash bytea,
  previous_token_until timestamptz,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  constraint devices_installation_key unique (user_id, device_id),
  constraint devices_push_target_key unique (push_provider, push_target),
  check ((push_provider is null) = (push_target is null))
);
comment on column loopin.devices.device_id is 'The installation''s own id: unique within its user only.';
comment on column loopin.devices.push_target is 'Subscription id (onesignal) or registration token (fcm).';
-- an audience of device ids without their users
create index devices_device_id on loopin.devices (device_id);

create table loopin.sessions (
  id uuid primary key,
  user_id uuid not null,
  device_id uuid not null,
  aal text not null check (aal in ('aal1', 'aal2')),
  amr text[] not null,
  authenticated_at timestamptz not null,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  absolute_expires_at timestamptz not null,
  mismatch_noticed_at timestamptz,
  revoked_at timestamptz,
  revoke_reason text,
  -- deleting a device ends its sessions
  foreign key (user_id, device_id) references loopin.devices (user_id, device_id) on delete cascade
);
create index sessions_user on loopin.sessions (user_id, id) where revoked_at is null;
create index sessions_device on loopin.sessions (user_id, device_id);
create index sessions_expired on loopin.sessions (expires_at);

create table loopin.refresh_tokens (
  token_hash bytea primary key,
  session_id uuid not null references loopin.sessions on delete cascade,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  rotated_at timestamptz,
  -- under a key derived from this token: only its holder can read the next one
  successor_sealed bytea,
  early_replays integer not null default 0,
  late_replays integer not null default 0
);
create index refresh_tokens_rotated on loopin.refresh_tokens (rotated_at) where rotated_at is not null;
create index refresh_tokens_session on loopin.refresh_tokens (session_id);

create table loopin.signing_keys (
  kid text primary key,
  state text not null check (state in ('standby', 'in_use', 'previously_used', 'revoked')),
  public_jwk jsonb not null,
  private_key_sealed bytea not null,
  created_at timestamptz not null,
  state_changed_at timestamptz not null
);
create unique index signing_keys_one_in_use on loopin.signing_keys (state) where state = 'in_use';

create table loopin.api_keys (
  id uuid primary key,
  key_id text not null,
  secret_hash bytea not null,
  name text not null,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint api_keys_key_id_key unique (key_id)
);
comment on column loopin.api_keys.key_id is 'The public part of lk_<key_id>_<secret>.';

create table loopin.mails (
  id uuid primary key,
  template text not null,
  content_sealed bytea,
  created_at timestamptz not null,
  sent_at timestamptz
);
comment on column loopin.mails.content_sealed is 'Address and words under the data key; wiped once sent.';
create index mails_created on loopin.mails (created_at);

alter table loopin.users enable row level security;
alter table loopin.registrations enable row level security;
alter table loopin.devices enable row level security;
alter table loopin.sessions enable row level security;
alter table loopin.refresh_tokens enable row level security;
alter table loopin.signing_keys enable row level security;
alter table loopin.api_keys enable row level security;
alter table loopin.mails enable row level security;

create policy app on loopin.users to loopin_app using (true) with check (true);
create policy app on loopin.registrations to loopin_app using (true) with check (true);
create policy app on loopin.devices to loopin_app using (true) with check (true);
create policy app on loopin.sessions to loopin_app using (true) with check (true);
create policy app on loopin.refresh_tokens to loopin_app using (true) with check (true);
create policy app on loopin.signing_keys to loopin_app using (true) with check (true);
create policy app on loopin.api_keys to loopin_app using (true) with check (true);
create policy app on loopin.mails to loopin_app using (true) with check (true);

grant select, insert, update, delete on
  loopin.users, loopin.registrations, loopin.devices, loopin.sessions, loopin.refresh_tokens,
  loopin.signing_keys, loopin.api_keys, loopin.mails
to loopin_app;
