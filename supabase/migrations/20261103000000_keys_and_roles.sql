-- Rotation of signing keys, the life of API keys, and roles that take effect at once.

-- one successor at a time, however many workers make one
create unique index signing_keys_one_standby on loopin.signing_keys (state) where state = 'standby';
-- an emergency destroys the private half, so that nothing can bring the key back
alter table loopin.signing_keys alter column private_key_sealed drop not null;

alter table loopin.api_keys
  add column last_used_at timestamptz,
  add column replaced_by uuid references loopin.api_keys,
  add column warned_days smallint;
comment on column loopin.api_keys.last_used_at is 'Written at most once a minute.';
comment on column loopin.api_keys.replaced_by is 'The key that a rotation made of this one.';
comment on column loopin.api_keys.warned_days is 'The last warning of its expiry: 14, 7 or 1 days before.';
create index api_keys_expiring on loopin.api_keys (expires_at) where revoked_at is null;
create index api_keys_replaced_by on loopin.api_keys (replaced_by) where replaced_by is not null;

-- an access token carries the version of the roles in it; a change refuses those before
alter table loopin.users add column roles_version integer not null default 0;
-- the last one can't be removed: a change of administrators locks them all
create index users_admins on loopin.users (id) where 'admin' = any(roles);
