import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { migrate } from '../../tools/cli/migrator';
import { auditProcess } from '../support/audit-bed';
import { FixedClock } from '../support/fixed-clock';
import { ROOT } from '../support/program';
import { Services } from '../support/services';

jest.setTimeout(60_000);

const MIGRATIONS = path.join(ROOT, 'supabase/migrations');
const SEALS = '20261123014000';

describe('an audit from before there were seals', () => {
  let services: Services;
  const before = mkdtempSync(path.join(os.tmpdir(), 'loopin-migrations-'));

  beforeAll(async () => {
    services = await Services.start({ migrated: false });
    const older = readdirSync(MIGRATIONS).filter((file) => file < SEALS);
    for (const file of older) cpSync(path.join(MIGRATIONS, file), path.join(before, file));
  });
  afterAll(async () => {
    rmSync(before, { recursive: true, force: true });
    await services.stop();
  });

  it('keeps every row as it was, and is sealed from its first one on', async () => {
    await migrate(services.owner, before);
    await services.sql(
      `insert into loopin.audit_events (id, occurred_at, actor, action, target, device_id, details)
       select gen_random_uuid(), time, 'system', 'x.done', 'x', gen_random_uuid(), '{"n": 1}'
       from generate_series('2026-10-15'::timestamptz, '2028-03-15', interval '1 month') time`,
    );
    const rows = () =>
      services.sql(
        'select id, occurred_at, actor, action, target, device_id, details from loopin.audit_events order by id',
      );
    const old = await rows();
    await migrate(services.owner, MIGRATIONS);
    expect(await rows()).toEqual(old);
    const { sealAll, verify, record } = auditProcess(services.database(), new FixedClock());
    await record('system');
    await sealAll();
    expect(await verify()).toMatchObject({ rows: old.length + 1, unsealed: 0, findings: [] });
  });
});
