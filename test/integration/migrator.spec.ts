import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { migrate } from '../../tools/cli/migrator';
import { range } from '../support/concurrently';
import { ROOT } from '../support/program';
import { Services } from '../support/services';

jest.setTimeout(120_000);

describe('the migrator', () => {
  let services: Services;
  let folder: string;

  beforeAll(async () => {
    services = await Services.start({ migrated: false });
    folder = mkdtempSync(path.join(os.tmpdir(), 'loopin-migrations-'));
    cpSync(path.join(ROOT, 'supabase/migrations'), folder, { recursive: true });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await services.stop();
  });

  const run = () => migrate(services.owner, folder);
  const recorded = async () => {
    const rows = await services.sql<{ version: string }>(
      'select version from supabase_migrations.schema_migrations order by version',
    );
    return rows.map(({ version }) => version);
  };

  it('four at once apply each file once', async () => {
    const applied = (await Promise.all(range(4).map(run))).flat();
    expect(applied.length).toBeGreaterThan(3);
    expect(new Set(applied).size).toBe(applied.length);
    expect((await recorded()).length).toBe(applied.length);
  });

  it('has nothing to do the second time', async () => {
    expect(await run()).toEqual([]);
  });

  it('records what the Supabase CLI wants to know', async () => {
    const [row] = await services.sql(
      'select * from supabase_migrations.schema_migrations order by version limit 1',
    );
    expect(row).toEqual({
      version: expect.stringMatching(/^\d{14}$/),
      name: 'ground',
      statements: [expect.stringContaining('create schema loopin')],
    });
  });

  it('rolls a file back that fails, names it, and keeps those before it', async () => {
    const before = await recorded();
    const good = path.join(folder, '20990101000000_good.sql');
    const bad = path.join(folder, '20990101000001_bad.sql');
    writeFileSync(good, 'create table loopin.good (id int);');
    writeFileSync(bad, 'create table loopin.half (id int); select 1 / 0;');
    await expect(run()).rejects.toThrow(
      'migration 20990101000001_bad failed and was rolled back: division by zero',
    );
    expect(await recorded()).toEqual([...before, '20990101000000']);
    expect(await services.sql("select to_regclass('loopin.half') as half")).toEqual([{ half: null }]);

    writeFileSync(bad, 'create table loopin.half (id int);');
    expect(await run()).toEqual(['20990101000001_bad']);
  });

  it('refuses a file whose name says nothing of its order', async () => {
    const stray = path.join(folder, 'stray.sql');
    writeFileSync(stray, '');
    await expect(run()).rejects.toThrow('stray.sql is not <timestamp>_<name>.sql');
    rmSync(stray);
  });
});
