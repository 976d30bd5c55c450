import { PgAuditMonthStore } from '../../src/modules/audit/months/pg-audit-month.store';
import type { Database } from '../../src/platform/database/database';
import type { UserId } from '../../src/shared/ids';
import { addUsers, auditProcess, from } from '../support/audit-bed';
import { FixedClock } from '../support/fixed-clock';
import { scaled } from '../support/scale';
import { Services } from '../support/services';

jest.setTimeout(180_000);

const EVERYTHING = { limit: 100, cursor: undefined };

describe('the audit', () => {
  let services: Services;
  let database: Database;
  const clock = new FixedClock();
  clock.nowMs = Date.UTC(2026, 10, 15, 12);

  beforeAll(async () => {
    services = await Services.start();
    database = services.database(8);
  });
  afterAll(() => services.stop());
  afterEach(() => services.sql('truncate loopin.audit_events, loopin.audit_seals, loopin.subject_keys'));

  const process = () => auditProcess(database, clock);
  const user = async (): Promise<UserId> => (await addUsers(services, 1))[0] as UserId;

  it('keeps where a person was under the key of that person, and forgets it with the key', async () => {
    const { record, entries, subjects, verify, sealAll } = process();
    const [one, other] = [await user(), await user()];
    for (const id of [one, one, other]) await from('203.0.113.77', () => record(`user:${id}`));
    await from('198.51.100.7', () => record('api_key:k'));
    await sealAll();
    const before = await entries.list(EVERYTHING, true);
    expect(before.data.map(({ ipPrefix }) => ipPrefix).sort()).toEqual([
      '198.51.100.0/24',
      '203.0.113.0/24',
      '203.0.113.0/24',
      '203.0.113.0/24',
    ]);
    const [stored] = await services.sql<{ text: string }>(
      'select string_agg(e::text, $1) as text from loopin.audit_events e',
      ['\n'],
    );
    expect(stored?.text).not.toContain('203.0.113');
    expect(stored?.text).not.toContain('0000000000aa');

    expect(await database.transaction((tx) => subjects.destroy(tx, one))).toBe(1);
    const after = await entries.list({ ...EVERYTHING, actor: `user:${one}` }, true);
    expect(
      after.data.map(({ ipPrefix, deviceId, personalHidden }) => [ipPrefix, deviceId, personalHidden]),
    ).toEqual([
      [null, null, true],
      [null, null, true],
    ]);
    const others = await entries.list({ ...EVERYTHING, actor: `user:${other}` }, true);
    expect(others.data[0]?.ipPrefix).toBe('203.0.113.0/24');
    expect(await verify()).toMatchObject({ rows: 4, unsealed: 0, findings: [] });
  });

  it('a key is written with the first row, once, and is gone with the user or the transaction', async () => {
    const { record, log, entries } = process();
    const id = await user();
    const roundTrip = jest.spyOn(database, 'tables');
    for (let time = 0; time < 3; time++) await from('203.0.113.1', () => record(`user:${id}`));
    expect(roundTrip).not.toHaveBeenCalled();
    roundTrip.mockRestore();
    const keys = () => services.sql('select 1 from loopin.subject_keys where user_id = $1', [id]);
    expect(await keys()).toHaveLength(1);

    const another = await user();
    const undone = from('203.0.113.1', () =>
      database.transaction(async (tx) => {
        await log.record(tx, { actor: `user:${another}`, action: 'x.undone', target: 'x' });
        throw new Error('undone');
      }),
    );
    await expect(undone).rejects.toThrow('undone');
    await from('203.0.113.1', () => record(`user:${another}`));
    const { data } = await entries.list({ ...EVERYTHING, actor: `user:${another}` }, true);
    expect(data.map(({ ipPrefix }) => ipPrefix)).toEqual(['203.0.113.0/24']);

    await services.sql('delete from loopin.users where id = $1', [id]);
    expect(await keys()).toHaveLength(0);
    await from('203.0.113.1', () => record(`user:${id}`));
    const gone = await entries.list({ ...EVERYTHING, actor: `user:${id}` }, true);
    expect(gone.data.map(({ ipPrefix }) => ipPrefix)).toEqual([null, null, null, null]);
  });

  it('many things are noted by one statement, each of its own person and in their order', async () => {
    const { log, entries } = process();
    const [one, other] = [await user(), await user()];
    const events = [one, other, one].map((id, index) => ({
      ...{ actor: `user:${id}`, action: 'thing.done', target: `thing:${index}` },
      details: { index },
    }));
    const statements = await from('203.0.113.77', () =>
      database.transaction(async (tx) => {
        const tables = jest.spyOn(tx, 'tables');
        await log.recordAll(tx, events);
        await log.recordAll(tx, []);
        return tables.mock.calls.length;
      }),
    );
    expect(statements).toBe(1);
    const { data } = await entries.list(EVERYTHING, true);
    expect(data.map(({ target, facts, ipPrefix }) => ({ target, facts, ipPrefix }))).toEqual(
      [2, 1, 0].map((index) => ({
        target: `thing:${index}`,
        facts: { index },
        ipPrefix: '203.0.113.0/24',
      })),
    );
    expect(await services.sql('select from loopin.subject_keys')).toHaveLength(2);
    const [stored] = await services.sql<{ count: number }>(
      'select count(distinct subject_key)::integer as count from loopin.audit_events',
    );
    expect(stored?.count).toBe(2);
  });

  it('the application can neither change, remove nor place a row or a seal', async () => {
    const { record, sealAll } = process();
    await record('system');
    await sealAll();
    const statements = [
      "update loopin.audit_events set action = 'x'",
      'delete from loopin.audit_events',
      'delete from loopin.audit_events_202611',
      "update loopin.audit_seals set root = ''",
      'delete from loopin.audit_seals',
      `insert into loopin.audit_events (id, occurred_at, actor, action, target, details, position)
       values (gen_random_uuid(), now(), 'a', 'b', 'c', '{}', 1)`,
      'select loopin.audit_after_restore()',
    ];
    const { Client } = await import('pg');
    const client = new Client({ connectionString: services.env('DATABASE_URL') });
    await client.connect();
    for (const statement of statements) {
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
    await client.end();
  });

  it('makes months ahead, and takes over what came before its month did', async () => {
    const months = new PgAuditMonthStore(database);
    const { record, verify, sealAll } = process();
    clock.nowMs = Date.UTC(2029, 4, 3);
    await record('system', 'too.early');
    await sealAll();
    const where = () =>
      services.sql<{ name: string }>('select tableoid::regclass::text as name from loopin.audit_events');
    expect(await where()).toEqual([{ name: 'loopin.audit_events_default' }]);
    expect(await months.add('2029-05')).toBe(true);
    expect(await months.add('2029-05')).toBe(false);
    expect(await where()).toEqual([{ name: 'loopin.audit_events_202905' }]);
    expect((await verify()).findings).toEqual([]);
    clock.nowMs = Date.UTC(2026, 10, 15, 12);
  });

  it('each way of asking has its index', async () => {
    const rows = scaled(40_000, 1_000_000);
    await services.sql(`
      insert into loopin.audit_events (id, occurred_at, actor, action, target, details)
      select gen_random_uuid(), '2026-11-01T00:00:00Z'::timestamptz + n * interval '2 seconds',
        'user:' || n % 5000, 'action.' || n % 40, 'session:' || n % 20000, '{}'
      from generate_series(1, ${rows}) n`);
    await services.sql('analyze loopin.audit_events');
    const asked = {
      nothing: {},
      actor: { actor: 'user:7' },
      target: { target: 'session:7' },
      action: { action: 'action.7' },
      since: { since: new Date('2026-11-01T01:00:00Z'), until: new Date('2026-11-01T02:00:00Z') },
    };
    for (const [name, filter] of Object.entries(asked)) {
      const condition = Object.entries(filter).map(([column, value]) =>
        value instanceof Date
          ? `e.occurred_at ${column === 'since' ? '>=' : '<'} '${value.toISOString()}'`
          : `e.${column} = '${value}'`,
      );
      const [plan] = await services.sql<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(`
        explain (format json, analyze, buffers) select * from loopin.audit_events e
        where ${condition.join(' and ') || 'true'}
        order by e.occurred_at desc, e.id desc limit 21`);
      const root = plan?.['QUERY PLAN'][0].Plan ?? {};
      const blocks = (root['Shared Hit Blocks'] ?? 0) + (root['Shared Read Blocks'] ?? 0);
      // a page of rows and an index's depth in each month; the table has hundreds of blocks and more
      expect([name, blocks < 200 ? 'few' : blocks]).toEqual([name, 'few']);
    }
  });
});
