-- Run once by an administrator before the first migration, and again at will: it changes nothing that exists.
-- Passwords are given by hand: alter role loopin_owner login password '…'; alter role loopin_app login password '…';

do $$
begin
  if not exists (select from pg_roles where rolname = 'loopin_owner') then
    create role loopin_owner nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'loopin_app') then
    create role loopin_app nologin noinherit;
  end if;
  execute format('grant create on database %I to loopin_owner', current_database());
end
$$;
