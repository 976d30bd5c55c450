import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Logger } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import { ARCHIVED, EXPIRING, KEPT } from '../../src/data-classes';
import { PgArchiveStore } from '../../src/modules/archive';
import { ExpirySweep } from '../../src/platform/database/expiry-sweep';
import { ArchiveBed } from '../support/archive-bed';
import { ROOT } from '../support/program';
import { retentionTable } from '../support/retention-table';

jest.setTimeout(180_000);

const TABLES = EXPIRING.flatMap((rule) => ('table' in rule ? [rule] : []));

describe('retention', () => {
  let bed: ArchiveBed;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    bed = await ArchiveBed.start();
  });
  beforeEach(() => bed.reset());
  afterAll(() => bed.stop());

  it('has a period for every table there is', async () => {
    const tables = await bed.services.sql<{ name: string }>(
      `select 'loopin.' || c.relname as name from pg_class c
       where c.relnamespace = 'loopin'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       order by 1`,
    );
    const classes = [...TABLES, ...ARCHIVED, ...KEPT].map(({ table }) => table as string);
    expect([...new Set(classes)].sort()).toEqual(tables.map(({ name }) => name));
  });

  it('is in the documentation as it is in the code', () => {
    expect(readFileSync(path.join(ROOT, 'docs/retention.md'), 'utf8')).toContain(retentionTable());
  });

  it('each period has an index that begins with its time', async () => {
    const indexes = await bed.services.sql<{ place: string }>(`
      select 'loopin.' || c.relname || '.' || a.attname as place
      from pg_index i
      join pg_class c on c.oid = i.indrelid
      join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
      where c.relnamespace = 'loopin'::regnamespace`);
    const known = new Set(indexes.map(({ place }) => place));
    const missing = TABLES.filter(({ states }) => states === undefined)
      .map(({ table, column }) => `${table}.${column}`)
      .filter((place) => !known.has(place));
    expect(missing).toEqual([]);
  });

  it('a dry run counts what a sweep then removes, and nothing that somebody is at', async () => {
    await bed.services.sql(
      `insert into loopin.mails (id, template, created_at)
       select gen_random_uuid(), 'x', '2026-11-01T00:00:00Z'::timestamptz + n * interval '1 minute'
       from generate_series(1, 3000) n`,
    );
    const sweep = new ExpirySweep(
      bed.database,
      bed.clock,
      TABLES.filter(({ table }) => table === 'loopin.mails'),
    );
    expect(await sweep.preview()).toEqual([{ dataClass: 'loopin.mails', count: 3000 }]);
    await bed.database.transaction(async (tx) => {
      await sql`select from loopin.mails order by created_at limit 1 for update`.execute(tx.tables());
      expect(await sweep.sweep()).toMatchObject([{ dataClass: 'loopin.mails', count: 2999 }]);
    });
    expect(await sweep.sweep()).toMatchObject([{ dataClass: 'loopin.mails', count: 1 }]);
  });

  it('waits for the disk again once a sweep is over', async () => {
    await bed.services.sql(
      `insert into loopin.mails (id, template, created_at) values (gen_random_uuid(), 'x', '2026-11-01T00:00:00Z')`,
    );
    // one transaction after the other has the same connection, which the server's own setting does not decide
    const mode = async (statement: RawBuilder<{ mode: string }>) => {
      const { rows } = await bed.database.transaction((tx) => statement.execute(tx.tables()));
      return rows[0]?.mode;
    };
    expect(await mode(sql`select set_config('synchronous_commit', 'on', false) as mode`)).toBe('on');
    const mails = TABLES.filter(({ table }) => table === 'loopin.mails');
    expect(await new ExpirySweep(bed.database, bed.clock, mails).sweep()).toHaveLength(1);
    expect(await mode(sql`select current_setting('synchronous_commit') as mode`)).toBe('on');
  });

  describe('killed', () => {
    const rows = () => bed.services.sql('select from loopin.webhook_events');

    it.each(['writing', 'reading back', 'recording', 'removing', 'marking'])(
      'while %s, it is done again',
      async (when) => {
        const { archiving, storage, store, restore } = bed.archiver('webhook_events');
        await bed.webhookEvents(1_200);
        bed.later();
        const dies = async () => {
          throw new Error('killed');
        };
        const spy =
          when === 'writing'
            ? jest.spyOn(storage, 'put').mockImplementation(dies)
            : when === 'reading back'
              ? jest.spyOn(storage, 'get').mockImplementation(dies)
              : when === 'recording'
                ? jest.spyOn(store, 'add').mockImplementation(dies)
                : when === 'marking'
                  ? jest.spyOn(store, 'markRemoved').mockImplementation(dies)
                  : jest.spyOn(store, 'removeRows').mockImplementationOnce(async (table, month) => {
                      await PgArchiveStore.prototype.removeRows.call(store, table, month, 100);
                      return dies();
                    });
        await expect(archiving.run()).rejects.toThrow('killed');
        expect(await rows()).toHaveLength(when === 'marking' ? 0 : when === 'removing' ? 1_100 : 1_200);
        spy.mockRestore();
        await archiving.run();
        expect(await rows()).toHaveLength(0);
        const [record] = await store.list();
        expect(record).toMatchObject({ rowCount: 1_200, removedAt: bed.clock.now() });
        const restored = await restore(`killed_${when.replace(' ', '_')}`);
        expect(restored.rows).toBe(1_200);
      },
    );

    it('rows that come to an archived month stay', async () => {
      const { archiving } = bed.archiver('webhook_events');
      await bed.webhookEvents(10);
      bed.later();
      await archiving.run();
      await bed.webhookEvents(1);
      await expect(archiving.run()).rejects.toThrow('got rows after it was archived');
      expect(await rows()).toHaveLength(1);
      await bed.services.sql('delete from loopin.webhook_events');
    });
  });
});
