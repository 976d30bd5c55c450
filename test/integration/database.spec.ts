import { sql } from 'kysely';
import type { Database } from '../../src/platform/database/database';
import { DatabaseUnavailable } from '../../src/platform/database/database.errors';
import { Overloaded } from '../../src/shared/domain-error';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { waitFor } from '../support/wait-for';

jest.setTimeout(90_000);

type Counted = { readonly n: number };

describe('the database', () => {
  let services: Services;
  let database: Database;

  beforeAll(async () => {
    services = await Services.start();
  });
  beforeEach(() => {
    database = services.database();
  });
  afterEach(() => database.close());
  afterAll(() => services.stop());

  const select = async (n: number) =>
    (await sql<Counted>`select ${n}::int as n`.execute(database.tables())).rows[0]?.n;
  const fail = () => sql`select 1 / ${0}::int`.execute(database.tables());
  const killConnections = () =>
    services.sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'loopin_app'");

  it('gives each of many statements on few connections its own answer', async () => {
    expect(await Promise.all(range(500).map(select))).toEqual(range(500));
    const [row] = await services.sql<Counted>(
      "select count(*)::int as n from pg_stat_activity where usename = 'loopin_app'",
    );
    expect(row?.n).toBe(2);
  });

  it('a statement that fails does not break those around it', async () => {
    const results = await Promise.allSettled(range(100).map((n) => (n % 10 === 3 ? fail() : select(n))));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    results.forEach((result, n) => {
      if (result.status === 'fulfilled') expect(result.value).toBe(n);
      else expect(String(result.reason)).toContain('division by zero');
    });
  });

  it('replaces connections that were killed', async () => {
    await select(1);
    await killConnections();
    const first = await select(2).catch((error: unknown) => error);
    if (first !== 2) expect(first).toBeInstanceOf(DatabaseUnavailable);
    expect(await Promise.all(range(20).map(select))).toEqual(range(20));
  });

  it('a connection that is killed under many statements fails them as unavailable, then goes on', async () => {
    const slow = range(10).map(() =>
      sql`select pg_sleep(5)`.execute(database.tables()).catch((error: unknown) => error),
    );
    await killWhenBusy();
    for (const error of await Promise.all(slow)) expect(error).toBeInstanceOf(DatabaseUnavailable);
    expect(await select(1)).toBe(1);
  });

  it('gives a connection up whose server says nothing, for everybody who waits behind it', async () => {
    await Promise.all([select(1), select(1)]);
    const backends = await services.sql<{ pid: number }>(
      "select pid from pg_stat_activity where usename = 'loopin_app'",
    );
    for (const { pid } of backends) process.kill(pid, 'SIGSTOP');
    try {
      const results = await Promise.allSettled(range(10).map(select));
      const reasons = results.map((result) => result.status === 'rejected' && result.reason);
      expect(reasons).toEqual(range(10).map(() => expect.any(DatabaseUnavailable)));
    } finally {
      for (const { pid } of backends) process.kill(pid, 'SIGCONT');
    }
    expect(await select(2)).toBe(2);
  });

  it('a transaction whose connection is killed fails as unavailable, and the next one runs', async () => {
    const cut = database.transaction(async (tx) => {
      await sql`select 1`.execute(tx.tables());
      await killConnections();
      await sql`select 1`.execute(tx.tables());
    });
    await expect(cut).rejects.toBeInstanceOf(DatabaseUnavailable);
    expect(
      await database.transaction(async (tx) => (await sql<Counted>`select 1 as n`.execute(tx.tables())).rows),
    ).toEqual([{ n: 1 }]);
  });

  it('commits, tells followers after, and rolls back without telling', async () => {
    const told: string[] = [];
    const insert = (key: string, undo: boolean) =>
      database.transaction(async (tx) => {
        tx.afterCommit(() => told.push(key));
        await sql`insert into loopin.idempotency_keys (key_hash, fingerprint, resource_id, state, leased_until, expires_at)
          values (${Buffer.from(key)}, ''::bytea, gen_random_uuid(), 'running', now(), now())`.execute(
          tx.tables(),
        );
        expect(told).toEqual([]);
        if (undo) throw new Error('undo');
      });
    await expect(insert('b', true)).rejects.toThrow('undo');
    await insert('a', false);
    expect(told).toEqual(['a']);
    const rows = await services.sql<{ key: string }>(
      "select convert_from(key_hash, 'utf8') as key from loopin.idempotency_keys",
    );
    expect(rows).toEqual([{ key: 'a' }]);
  });

  it('is overloaded, not stuck, when every connection for transactions is taken', async () => {
    const small = services.database(3);
    let free = () => {};
    const holding = new Promise<void>((resolve) => {
      free = resolve;
    });
    const holder = small.transaction(() => holding);
    await expect(small.transaction(async () => 1)).rejects.toBeInstanceOf(Overloaded);
    free();
    await holder;
    expect(await small.transaction(async () => 2)).toBe(2);
  });

  it('never runs a transaction on a shared connection', async () => {
    const begin = database.tables().transaction();
    await expect(begin.execute(async () => 1)).rejects.toThrow('never runs on a pipelined connection');
  });

  it('prepares each statement once', async () => {
    await Promise.all(range(50).map(select));
    const { rows } = await sql<Counted>`select count(*)::int as n from pg_prepared_statements
      where statement = 'select $1::int as n'`.execute(database.tables());
    expect(rows[0]?.n).toBe(1);
  });

  async function killWhenBusy(): Promise<void> {
    const busy = async () => {
      const rows = await services.sql(
        "select from pg_stat_activity where usename = 'loopin_app' and state = 'active' and query like '%pg_sleep%'",
      );
      return rows.length === 2;
    };
    await waitFor('both connections to be busy', busy, 30_000);
    await killConnections();
  }
});
