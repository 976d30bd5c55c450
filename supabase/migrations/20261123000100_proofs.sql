-- Sessions bound to a key of their phone (RFC 9449), and keys that requests are signed with (RFC 9421).

alter table loopin.sessions add column dpop_jkt text;
comment on column loopin.sessions.dpop_jkt is 'Thumbprint (RFC 7638) of the key that every use of the session proves.';

alter table loopin.devices add column signing_key jsonb;
comment on column loopin.devices.signing_key is 'Public JWK: requests of sessions on this device are signed with it.';

alter table loopin.api_keys add column signing_key jsonb;
comment on column loopin.api_keys.signing_key is 'Public JWK: requests with this key are signed with it.';

create table loopin.used_proofs (
  id bytea primary key,
  expires_at timestamptz not null
);
comment on table loopin.used_proofs is 'Proofs that were used while Redis could not be trusted to remember them.';
create index used_proofs_expired on loopin.used_proofs (expires_at);

create table loopin.proof_memory (
  -- one row
  id boolean primary key default true check (id),
  began_at timestamptz not null
);
comment on table loopin.proof_memory is 'Since when Redis remembers used proofs: where it says nothing of that itself, it has lost them.';

alter table loopin.used_proofs enable row level security;
alter table loopin.proof_memory enable row level security;

create policy app on loopin.used_proofs to loopin_app using (true) with check (true);
create policy app on loopin.proof_memory to loopin_app using (true) with check (true);

grant select, insert, update, delete on loopin.used_proofs to loopin_app;
grant select, insert, update on loopin.proof_memory to loopin_app;
