import { AuditVerification } from '../../src/modules/audit';
import { PgSealStore } from '../../src/modules/audit/seals/pg-seal.store';
import type { Database } from '../../src/platform/database/database';
import { auditProcess } from '../support/audit-bed';
import { FixedClock } from '../support/fixed-clock';
import { Services } from '../support/services';

jest.setTimeout(180_000);

describe('seals of the audit', () => {
  let services: Services;
  let database: Database;
  const clock = new FixedClock();
  clock.nowMs = Date.UTC(2026, 10, 15, 12);

  beforeAll(async () => {
    services = await Services.start();
    database = services.database(8);
  });
  afterAll(() => services.stop());
  afterEach(() => services.sql('truncate loopin.audit_events, loopin.audit_seals'));

  const process = () => auditProcess(database, clock);

  it('a row whose transaction ends after later ones were sealed is in the next seal', async () => {
    const { record, log, verify, sealAll } = process();
    await record('system', 'early.done');
    let late: Promise<void> | undefined;
    let release = (): void => undefined;
    await new Promise<void>((written) => {
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      late = database.transaction(async (tx) => {
        await log.record(tx, { actor: 'system', action: 'late.done', target: 'x' });
        written();
        await held;
      });
    });
    await record('system', 'after.done');
    await sealAll();
    const seals = () =>
      services.sql<{ rows: number }>('select row_count as rows from loopin.audit_seals order by number');
    // the one after it waits as well: it stands behind a row that may still come
    expect(await seals()).toEqual([{ rows: 1 }]);
    expect((await verify()).findings).toEqual([]);
    release();
    await late;
    await sealAll();
    expect(await seals()).toEqual([{ rows: 1 }, { rows: 2 }]);
    expect(await verify()).toMatchObject({ seals: 2, rows: 3, unsealed: 0, findings: [] });
  });

  it('only one seals at a time, and whoever dies has sealed nothing', async () => {
    const many = Array.from({ length: 4 }, process);
    for (let row = 0; row < 20; row++) await many[0]?.record('system');
    await Promise.all(many.map(({ sealAll }) => sealAll()));
    const [seals] = await services.sql<{ rows: number; seals: number }>(
      'select sum(row_count)::int as rows, count(*)::int as seals from loopin.audit_seals',
    );
    expect(seals?.rows).toBe(20);

    await many[0]?.record('system');
    const store = new PgSealStore(database);
    const dying = database.transaction(async (tx) => {
      expect(await store.takeTurn(tx)).toBe(true);
      await many[0]?.sealer.sealNext();
      throw new Error('killed');
    });
    await expect(dying).rejects.toThrow('killed');
    const { verify, sealAll } = process();
    await sealAll();
    expect(await verify()).toMatchObject({ rows: 21, unsealed: 0, findings: [] });
  });

  describe('tampered with', () => {
    async function threeSeals() {
      const one = process();
      for (let seal = 0; seal < 3; seal++) {
        for (let row = 0; row < 3; row++) await one.record('system');
        await one.sealAll();
        await one.sealer.copyNewest();
      }
      expect((await one.verify()).findings).toEqual([]);
      return one;
    }
    const ofSecond = `(select id from loopin.audit_events order by position, id offset 4 limit 1)`;

    it.each([
      [
        'a changed row',
        `update loopin.audit_events set actor = 'user:x' where id = ${ofSecond}`,
        'row_changed',
      ],
      [
        'a time moved by a microsecond',
        `update loopin.audit_events set occurred_at = occurred_at + interval '1 microsecond' where id = ${ofSecond}`,
        'row_changed',
      ],
      ['a removed row', `delete from loopin.audit_events where id = ${ofSecond}`, 'row_missing'],
      [
        'an inserted row',
        `insert into loopin.audit_events (id, occurred_at, actor, action, target, details, position)
         select gen_random_uuid(), occurred_at, actor, action, target, details, position
         from loopin.audit_events where id = ${ofSecond}`,
        'row_added',
      ],
      ['a changed seal', 'update loopin.audit_seals set row_count = 4 where number = 2', 'seal_changed'],
      ['a removed seal', 'delete from loopin.audit_seals where number = 2', 'seal_missing'],
    ])('%s is found, with its seal', async (_, statement, problem) => {
      const { verify } = await threeSeals();
      await services.sql(statement);
      expect((await verify()).findings).toContainEqual({ seal: 2, problem });
    });

    it('an end that was cut off is found by the copy in the archive', async () => {
      const { verify } = await threeSeals();
      await services.sql('delete from loopin.audit_seals where number = 3');
      await services.sql(
        'delete from loopin.audit_events where position > (select max(last_position) from loopin.audit_seals)',
      );
      expect((await verify()).findings).toEqual([{ seal: 3, problem: 'seal_missing' }]);
    });

    it('a chain that was made anew is found by the copy in the archive', async () => {
      const { copies } = await threeSeals();
      await services.sql('delete from loopin.audit_seals');
      await services.sql(`update loopin.audit_events set actor = 'user:x' where id = ${ofSecond}`);
      const forger = process();
      for (let seal = 0; seal < 3; seal++) {
        await forger.sealAll();
        await forger.record('system');
      }
      const report = await new AuditVerification(new PgSealStore(database)).verify({
        copies,
        readArchives: false,
      });
      expect(report.findings).toEqual([{ seal: 3, problem: 'seal_differs_from_archive' }]);
    });
  });

  it('goes on after a restore into another cluster, where transactions begin anew', async () => {
    const { record, sealer, verify, sealAll } = process();
    await record('system');
    await sealAll();
    // as if the rows had come from a cluster that was far ahead
    await services.sql('update loopin.audit_events set position = position + 1000000000');
    await services.sql('truncate loopin.audit_seals');
    await services.sql(
      'create or replace function loopin.audit_position_offset() returns bigint language sql immutable return 2000000000::bigint',
    );
    await sealAll();
    await services.sql(
      'create or replace function loopin.audit_position_offset() returns bigint language sql immutable return 0::bigint',
    );
    await expect(sealer.sealNext()).rejects.toThrow('audit_after_restore');
    await services.sql('set role loopin_owner; select loopin.audit_after_restore(); reset role');
    await record('system');
    await sealAll();
    expect(await verify()).toMatchObject({ seals: 2, rows: 2, unsealed: 0, findings: [] });
    await services.sql(
      'create or replace function loopin.audit_position_offset() returns bigint language sql immutable return 0::bigint',
    );
  });
});
