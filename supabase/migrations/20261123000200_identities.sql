-- Sign-in by Apple and Google.

create table loopin.identities (
  id uuid primary key,
  user_id uuid not null references loopin.users on delete cascade,
  provider text not null check (provider in ('apple', 'google')),
  subject text not null,
  -- as it was when the identity was linked: what the provider says later changes nothing here
  email text not null,
  created_at timestamptz not null,
  refresh_token_sealed bytea,
  -- Apple takes a token back only from the app that it was given to
  refresh_token_client_id text,
  constraint identities_subject_key unique (provider, subject),
  -- a second one would be another person with a recycled address
  constraint identities_user_provider_key unique (user_id, provider),
  check ((refresh_token_sealed is null) = (refresh_token_client_id is null))
);
comment on table loopin.identities is 'Who somebody is at a provider: (provider, subject) is the key, an address never is.';
comment on column loopin.identities.refresh_token_sealed is 'Apple''s, under the data key: to be revoked when the account is deleted.';

create table loopin.spent_id_tokens (
  token_hash bytea primary key,
  expires_at timestamptz not null
);
comment on table loopin.spent_id_tokens is 'An ID token opens one session; of its signed part the SHA-256, until it expires by itself.';
create index spent_id_tokens_expired on loopin.spent_id_tokens (expires_at);

create table loopin.authorization_codes (
  id uuid primary key,
  identity_id uuid not null references loopin.identities on delete cascade,
  client_id text not null,
  code_sealed bytea not null,
  expires_at timestamptz not null
);
comment on table loopin.authorization_codes is 'Apple''s codes on their way to the worker; a row goes as soon as its code was exchanged or refused.';
create index authorization_codes_identity on loopin.authorization_codes (identity_id);
create index authorization_codes_expired on loopin.authorization_codes (expires_at);

create table loopin.provider_keys (
  provider text primary key check (provider in ('apple', 'google')),
  keys jsonb not null,
  fetched_at timestamptz not null
);
comment on table loopin.provider_keys is 'The last good JWKS of each provider: a process that starts while the provider is away goes on with it.';

alter table loopin.identities enable row level security;
alter table loopin.spent_id_tokens enable row level security;
alter table loopin.authorization_codes enable row level security;
alter table loopin.provider_keys enable row level security;

create policy app on loopin.identities to loopin_app using (true) with check (true);
create policy app on loopin.spent_id_tokens to loopin_app using (true) with check (true);
create policy app on loopin.authorization_codes to loopin_app using (true) with check (true);
create policy app on loopin.provider_keys to loopin_app using (true) with check (true);

grant select, insert, update, delete on
  loopin.identities, loopin.spent_id_tokens, loopin.authorization_codes, loopin.provider_keys
to loopin_app;
