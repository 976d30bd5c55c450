import pg from 'pg';
import { Services } from '../support/services';

jest.setTimeout(120_000);

const DENIED = '42501';

interface Attempt {
  readonly rows?: number;
  /** SQLSTATE. */
  readonly refused?: string;
}

describe('who may do what in the database', () => {
  let services: Services;
  let tables: string[];

  beforeAll(async () => {
    services = await Services.start();
    await services.sql("create role fresh login password 'fresh'");
    for (const role of ['anon', 'authenticated'])
      await services.sql(`alter role ${role} login password 'known'`);
    const rows = await services.sql<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'loopin' order by 1",
    );
    tables = rows.map(({ name }) => name);
    await services.sql(
      `insert into loopin.mails (id, template, created_at) values (gen_random_uuid(), 'x', now())`,
    );
  });
  afterAll(async () => {
    // roles belong to the server, which others get after us
    await services.sql('drop role fresh');
    for (const role of ['anon', 'authenticated']) await services.sql(`alter role ${role} nologin`);
    await services.stop();
  });

  /** What each statement comes to, on one real connection of that role. */
  async function as(role: string, statements: readonly string[]): Promise<Attempt[]> {
    const url = new URL(services.env('LOCAL_POSTGRES_URL'));
    const password =
      { fresh: 'fresh', loopin_app: new URL(services.env('DATABASE_URL')).password }[role] ?? 'known';
    const client = new pg.Client({
      host: url.hostname,
      port: Number(url.port),
      user: role,
      password,
      database: 'postgres',
    });
    await client.connect();
    try {
      const results: Attempt[] = [];
      for (const statement of statements) {
        results.push(
          await client.query(statement).then(
            ({ rows }) => ({ rows: rows.length }),
            (error: pg.DatabaseError) => ({ refused: error.code ?? error.message }),
          ),
        );
      }
      return results;
    } finally {
      await client.end();
    }
  }

  const denied = (statements: readonly string[]) => statements.map(() => ({ refused: DENIED }));

  it('there are tables to look at', () => {
    expect(tables.length).toBeGreaterThan(12);
    expect(tables).toEqual(
      expect.arrayContaining(['users', 'sessions', 'api_keys', 'outbox', 'push_notifications']),
    );
  });

  it.each(['anon', 'authenticated', 'fresh'])(
    '%s reads nothing, writes nothing, and sees no names',
    async (role) => {
      const statements = tables.flatMap((table) => [
        `select * from loopin.${table}`,
        `delete from loopin.${table}`,
        `insert into loopin.${table} default values`,
      ]);
      expect(await as(role, statements)).toEqual(denied(statements));
      const history = [
        'select * from supabase_migrations.schema_migrations',
        'create table loopin.mine (id int)',
      ];
      expect(await as(role, history)).toEqual(denied(history));
      const [names] = await as(role, [
        "select table_name from information_schema.tables where table_schema = 'loopin'",
      ]);
      expect(names).toEqual({ rows: 0 });
    },
  );

  it('loopin_app sees the rows', async () => {
    const [mails] = await as('loopin_app', ['select * from loopin.mails']);
    expect(mails).toEqual({ rows: 1 });
  });

  it('loopin_app changes no table, role or policy', async () => {
    const statements = [
      'create table loopin.mine (id int)',
      'create table public.mine (id int)',
      'create schema mine',
      'alter table loopin.users add column x int',
      'drop table loopin.users',
      'truncate loopin.users',
      'alter table loopin.users disable row level security',
      'drop policy app on loopin.users',
      'create role mine',
      'grant select on loopin.users to anon',
      'set role loopin_owner',
    ];
    const results = await as('loopin_app', statements);
    const allowed = statements.filter((_, index) => results[index]?.refused !== DENIED);
    // granting what one does not own is a warning in Postgres, and grants nothing
    expect(allowed.filter((statement) => !statement.startsWith('grant'))).toEqual([]);
    const [grants] = await services.sql<{ count: number }>(
      "select count(*)::int as count from information_schema.role_table_grants where grantee in ('anon', 'authenticated', 'public') and table_schema = 'loopin'",
    );
    expect(grants?.count).toBe(0);
  });

  it('loopin_app only adds to the audit', async () => {
    const statements = ["update loopin.audit_events set action = 'x'", 'delete from loopin.audit_events'];
    expect(await as('loopin_app', statements)).toEqual(denied(statements));
    expect(await as('loopin_app', ['select * from loopin.audit_events'])).toEqual([{ rows: 0 }]);
  });

  it('every table has row level security, and exactly one policy, for loopin_app alone', async () => {
    const rows = await services.sql<{
      name: string;
      secured: boolean;
      partition: boolean;
      policies: string[][];
    }>(`
      select c.relname as name, c.relrowsecurity as secured, c.relispartition as partition,
             array(select p.roles::text[] from pg_policies p where p.schemaname = 'loopin' and p.tablename = c.relname) as policies
      from pg_class c
      where c.relnamespace = 'loopin'::regnamespace and c.relkind in ('r', 'p')`);
    for (const { name, secured, partition, policies } of rows) {
      // a partition is reached by its parent only: no policy of its own, nobody sees anything
      expect([name, secured, policies]).toEqual([name, true, partition ? [] : [['loopin_app']]]);
    }
  });

  it('the application is owner of nothing, and bypasses nothing', async () => {
    const rows = await services.sql(
      `select rolname from pg_roles where rolname in ('loopin_app', 'anon', 'authenticated')
         and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)`,
    );
    expect(rows).toEqual([]);
    const owners = await services.sql<{ owner: string }>(
      "select distinct tableowner as owner from pg_tables where schemaname = 'loopin'",
    );
    expect(owners).toEqual([{ owner: 'loopin_owner' }]);
  });

  it('forgets the feed of a user with the user', async () => {
    const id = '0199a000-0000-7000-8000-00000000feed';
    const feed = `select * from loopin.inbox_items where user_id = '${id}'`;
    const results = await as('loopin_app', [
      `insert into loopin.users (id, email, created_at) values ('${id}', 'feed@example.com', now())`,
      `insert into loopin.inbox_items (user_id, notification_id, created_at) values ('${id}', '${id}', now())`,
      feed,
      `delete from loopin.users where id = '${id}'`,
      feed,
    ]);
    expect(results.map(({ rows, refused }) => refused ?? rows)).toEqual([0, 0, 1, 0, 0]);
  });
});
