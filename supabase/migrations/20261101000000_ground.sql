-- The schema, who may enter it, and the tables that carry messages.
--
-- loopin_owner runs migrations and owns everything; loopin_app runs web and worker with the rights granted here and
-- one policy a table (a role that is not the owner and has no policy sees nothing). Supabase's anon and authenticated
-- have nothing. No default uses now(): times come from the application's clock.

create schema loopin;
revoke all on schema loopin from public;
grant usage on schema loopin to loopin_app;

create table loopin.outbox (
  id uuid primary key,
  queue text not null,
  body text not null,
  group_id text,
  created_at timestamptz not null,
  claimable_at timestamptz not null,
  published_at timestamptz
);
comment on table loopin.outbox is 'Messages that exist exactly when the transaction that wrote them does.';
create index outbox_unpublished on loopin.outbox (claimable_at) where published_at is null;
create index outbox_published on loopin.outbox (published_at) where published_at is not null;

create table loopin.inbox (
  message_id uuid primary key,
  state text not null check (state in ('running', 'done')),
  attempts integer not null,
  leased_until timestamptz not null,
  last_error text,
  updated_at timestamptz not null
);
comment on table loopin.inbox is 'One row a received message: whether it is done, who is at it, why it failed.';
create index inbox_updated on loopin.inbox (updated_at);

create table loopin.idempotency_keys (
  key_hash bytea primary key,
  fingerprint bytea not null,
  resource_id uuid not null,
  state text not null check (state in ('running', 'released', 'done')),
  leased_until timestamptz not null,
  expires_at timestamptz not null,
  status smallint,
  body bytea
);
comment on table loopin.idempotency_keys is 'First answers, sealed under a key that only the Idempotency-Key gives.';
create index idempotency_keys_expired on loopin.idempotency_keys (expires_at);

alter table loopin.outbox enable row level security;
alter table loopin.inbox enable row level security;
alter table loopin.idempotency_keys enable row level security;

create policy app on loopin.outbox to loopin_app using (true) with check (true);
create policy app on loopin.inbox to loopin_app using (true) with check (true);
create policy app on loopin.idempotency_keys to loopin_app using (true) with check (true);

grant select, insert, update, delete on loopin.outbox, loopin.inbox, loopin.idempotency_keys to loopin_app;
