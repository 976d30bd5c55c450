import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { z } from 'zod';
import { JOBS_EXPIRY } from '../../src/modules/jobs/jobs.expiry';
import { PgScheduleSlotStore } from '../../src/modules/jobs/schedules/pg-schedule-slot.store';
import type { Database } from '../../src/platform/database/database';
import { ExpirySweep } from '../../src/platform/database/expiry-sweep';
import type { JobId } from '../../src/shared/ids';
import { defineJob } from '../../src/shared/job';
import { range } from '../support/concurrently';
import { JobsBed } from '../support/jobs-bed';
import { readsOf } from '../support/reads';
import { scaled } from '../support/scale';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(900_000);

const ROWS = scaled(60_000, 1_000_000);
/** Of those that are open. */
const OPEN = 2_000;
/** More than this was read in vain: a page has 20, and a worker takes 4. */
const FEW = 120;
/** After five executions on a connection, of which there are two, Postgres may choose one plan for any parameters. */
const TIMES = 14;

const Payload = z.strictObject({ noteId: z.string() });
const Keyed = defineJob('test.7', Payload, { key: ({ noteId }) => noteId });

/** What Postgres itself counts of the real statements. Neither time nor the shape of a plan: those differ by machine. */
describe(`statements about jobs, of which there are ${ROWS}`, () => {
  let services: Services;
  let database: Database;
  let bed: JobsBed;
  const clock = new TestClock();

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    database = services.database(1);
    bed = new JobsBed(database, clock);
    await services.sql(
      `insert into loopin.jobs (id, name, payload, unique_key, state, run_at, wake_at, lease_until,
         correlation_id, created_at, finished_at)
       select gen_random_uuid(), 'test.' || n % 10, '{}', 'key-' || n,
         case when n <= 20 then 'running' when n <= ${OPEN} then 'queued' when n % 97 = 0 then 'failed'
           when n % 89 = 0 then 'cancelled' else 'done' end,
         now(), case when n <= 20 then now() + interval '1 h'
           when n <= ${OPEN} then now() + n * interval '1 s' - interval '60 s' end,
         case when n <= 20 then now() + interval '1 h' end,
         gen_random_uuid(), now() - n * interval '1 s',
         case when n > ${OPEN} then now() - n * interval '2 s' end
       from generate_series(1, ${ROWS}) as n`,
    );
    await services.sql(
      `insert into loopin.schedule_slots (schedule, slot, taken_at)
       select 'test.' || n % 10, now() - n * interval '1 s', now() - n * interval '1 s'
       from generate_series(1, ${ROWS}) as n`,
    );
    await services.sql('vacuum analyze loopin.jobs');
    await services.sql('vacuum analyze loopin.schedule_slots');
  });
  afterAll(() => services.stop());

  const counted = () => readsOf(['jobs', 'schedule_slots'], services, database);

  /** Neither reads a whole table, nor more rows or entries of an index than it needs. */
  async function expectFew(work: () => Promise<unknown>, most = FEW): Promise<void> {
    const before = await counted();
    for (const _ of range(TIMES)) await work();
    const after = await counted();
    const rows = Math.ceil((after.rows - before.rows) / TIMES);
    expect({ scans: after.scans - before.scans, rows: Math.max(rows, most) }).toEqual({
      scans: 0,
      rows: most,
    });
  }

  it.each([
    ['all', {}],
    ['of a name', { name: 'test.3' }],
    ['of a name that is none', { name: 'nothing' }],
    ['that failed', { status: 'failed' }],
    ['that are queued', { status: 'queued' }],
    ['that run', { status: 'running' }],
    ['that were cancelled, of a name', { status: 'cancelled', name: 'test.9' }],
    ['that are done, of a name that is none', { status: 'done', name: 'nothing' }],
  ] as const)('list %s, and the page after', async (_, filter) => {
    await expectFew(() => bed.store.list(filter, 20, undefined));
    await expectFew(() => bed.store.list(filter, 20, '80000000-0000-4000-8000-000000000000'));
  });

  it('find one, by its id and by its key', async () => {
    const [row] = await services.sql<{ id: JobId }>(
      "select id from loopin.jobs where name = 'test.7' and unique_key = 'key-1997'",
    );
    const id = row?.id ?? (randomUUID() as JobId);
    await expectFew(() => bed.store.find(id));
    await expectFew(async () =>
      expect(await bed.enqueue(Keyed, { noteId: 'key-1997' })).toEqual({ id, added: false }),
    );
  });

  it('take what is due, and keep it', async () => {
    const lease = () => bed.runner.lease();
    await expectFew(async () => {
      const claimed = await bed.runs.claimDue(4, [], lease());
      for (const job of claimed) {
        await bed.runs.extend([job], lease());
        await database.transaction((tx) => bed.runs.checkpoint(tx, job, { progress: { done: 1 } }, lease()));
        await bed.runs.settle(job, { state: 'done' }, clock.now());
      }
    });
    await services.sql('vacuum loopin.jobs');
    await expectFew(() => bed.runs.claimDue(4, [], lease()));
  });

  it('take what is due of others while one name has no room left', async () => {
    await services.sql(
      `update loopin.jobs
       set state = 'queued', wake_at = $1
       where id in (select id from loopin.jobs where name = 'test.1' limit 5000)`,
      [new Date(clock.now().getTime() - 1_000)],
    );
    await services.sql('vacuum analyze loopin.jobs');
    await expectFew(() => bed.runs.claimDue(4, ['test.1'], bed.runner.lease()));
  });

  it('expire what is old', async () => {
    const sweep = new ExpirySweep(database, clock, JOBS_EXPIRY);
    await sweep.sweep();
    await services.sql('vacuum analyze loopin.jobs');
    await expectFew(() => sweep.sweep());
  });

  it('find the newest slot', async () => {
    const store = new PgScheduleSlotStore(database);
    await expectFew(() => store.newestTaken('test.4', clock.now()));
  });
});
