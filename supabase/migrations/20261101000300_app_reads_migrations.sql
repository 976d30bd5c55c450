-- The application asks at start whether the schema is new enough for it (GET /health/startup).

create or replace view loopin.applied_migrations as
  select version from supabase_migrations.schema_migrations;
grant select on loopin.applied_migrations to loopin_app;
