import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { z } from 'zod';
import type { JobRun } from '../../src/modules/jobs';
import { JobRunner } from '../../src/modules/jobs/running/job-runner';
import { JobTimings } from '../../src/modules/jobs/running/job-timings';
import { PgJobRunStore } from '../../src/modules/jobs/running/pg-job-run.store';
import type { Database } from '../../src/platform/database/database';
import { idSchema, newId } from '../../src/shared/ids';
import { defineJob } from '../../src/shared/job';
import { range } from '../support/concurrently';
import { JobsBed } from '../support/jobs-bed';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

const LEASE_SECONDS = 30;
const Payload = z.strictObject({ noteId: idSchema<'Note'>() });
const Index = defineJob('test.index', Payload);
const Long = defineJob('test.long', Payload, {
  checkpoint: z.object({ page: z.int() }),
  retry: { attempts: 2 },
});

describe('attempts at jobs', () => {
  let services: Services;
  let database: Database;
  let clock: TestClock;
  let bed: JobsBed;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    database = services.database(12);
  });
  beforeEach(async () => {
    await services.sql('delete from loopin.jobs');
    clock = new TestClock();
    clock.stop();
    bed = new JobsBed(database, clock);
  });
  afterAll(() => services.stop());

  const note = () => ({ noteId: newId<'Note'>() });
  /** Another worker process. */
  const another = () => new JobsBed(database, clock);
  /** A handler that is under way until it is let go. */
  function gate() {
    const { promise, resolve } = Promise.withResolvers<void>();
    return { passed: promise, open: resolve };
  }

  it('go on from the last one when their worker died, under the next attempt', async () => {
    const refused: string[] = [];
    const { passed, open } = gate();
    bed.handlers.on(Long, async (_, run) => {
      await run.checkpoint({ page: 3 }, { done: 30, total: 100 });
      await passed;
      await run.checkpoint({ page: 4 }, { done: 40 }).catch((error: Error) => refused.push(error.name));
    });
    const { id } = await bed.enqueue(Long, note());
    await bed.taking.wake(id);
    await waitFor('a checkpoint', async () => (await bed.found(id)).progress.done === 30, 10_000);
    const other = another();
    const seen: unknown[] = [];
    other.handlers.on(Long, async (__, run) => {
      seen.push(run.state, run.attempt);
      await run.checkpoint({ page: 5 }, { done: 50 });
    });
    await other.taking.takeDue();
    expect(seen).toEqual([]);
    clock.forward(LEASE_SECONDS + 1);
    await other.taking.takeDue();
    await bed.reaches(id, 'done');
    // the first one was only slow: nothing of it counts any more
    open();
    await waitFor('the end of the first', () => refused.includes('AttemptOvertaken'), 10_000);
    expect([seen, (await bed.found(id)).progress]).toEqual([[{ page: 3 }, 2], { done: 50, total: 100 }]);
  });

  it('are each told what became of them, also two of one job in one process', async () => {
    const begun: JobRun<{ page: number }>[] = [];
    const gates = [gate(), gate()];
    let ended = 0;
    bed.handlers.on(Long, async (_, run) => {
      begun.push(run);
      await gates[run.attempt - 1]?.passed;
      ended += 1;
    });
    const { id } = await bed.enqueue(Long, note());
    await bed.taking.wake(id);
    await waitFor('the first attempt', () => begun.length === 1, 10_000);
    // so long without a heartbeat: the event loop stood still, or the database was away
    clock.forward(LEASE_SECONDS + 1);
    await bed.taking.takeDue();
    await waitFor('the second attempt', () => begun.length === 2, 10_000);
    await bed.runner.beat();
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    gates[0]?.open();
    await waitFor('the end of the first', () => ended === 1, 10_000);
    clock.forward(LEASE_SECONDS - 1);
    await bed.runner.beat();
    clock.forward(LEASE_SECONDS - 1);
    await another().taking.takeDue();
    gates[1]?.open();
    expect(await bed.reaches(id, 'done')).toMatchObject({ attempts: 2 });
  });

  it('have an effect and its checkpoint together or not at all', async () => {
    const { id } = await bed.enqueue(Long, note());
    const attempts: boolean[] = [];
    bed.handlers.on(Long, async (_, run) => {
      // an attempt of another worker begins meanwhile
      await services.sql('update loopin.jobs set attempt = attempt + 1 where id = $1', [id]);
      await database
        .transaction(async (tx) => {
          await bed.jobs.enqueue(tx, Index, note());
          await run.checkpointIn(tx, { page: 1 });
        })
        .finally(() => attempts.push(run.signal.aborted));
    });
    await bed.taking.wake(id);
    await waitFor('the attempt', () => attempts.length === 1, 10_000);
    const rows = await services.sql('select name, checkpoint from loopin.jobs');
    expect([attempts, rows]).toEqual([[true], [{ name: 'test.long', checkpoint: null }]]);
  });

  it('are given back by a worker that stops, and spend no attempt', async () => {
    const { passed, open } = gate();
    bed.handlers.on(Long, async (_, run) => {
      await passed;
      await run.checkpoint({ page: 7 });
      throw new Error('not reached');
    });
    const { id } = await bed.enqueue(Long, note());
    await bed.taking.wake(id);
    bed.draining.onModuleDestroy();
    // told at once, whatever else has to be finished before it is waited for
    bed.runner.onModuleDestroy();
    open();
    await bed.runner.beforeApplicationShutdown();
    // noted by now: the database closes next
    expect((await bed.found(id)).state).toBe('queued');
    const other = another();
    const seen: unknown[] = [];
    other.handlers.on(Long, async (_, run) => void seen.push(run.state));
    await other.taking.takeDue();
    await bed.reaches(id, 'done');
    expect(seen).toEqual([{ page: 7 }]);
  });

  it('are waited for by a worker that stops until their rows say what became of them', async () => {
    const { passed, open } = gate();
    let settling = false;
    class SlowStore extends PgJobRunStore {
      override async settle(...settlement: Parameters<PgJobRunStore['settle']>): Promise<boolean> {
        settling = true;
        await passed;
        return super.settle(...settlement);
      }
    }
    bed.handlers.on(Index, async () => undefined);
    const { id } = await bed.enqueue(Index, note());
    const runner = new JobRunner(new SlowStore(database), bed.handlers, database, clock, new JobTimings());
    const claimed = await bed.runs.claim(id, [], runner.lease());
    if (claimed === undefined) throw new Error('it was not there to be claimed');
    void runner.run(claimed);
    let isOver = false;
    const over = runner.beforeApplicationShutdown().then(() => {
      isOver = true;
    });
    await waitFor('its end', () => settling, 10_000);
    expect(isOver).toBe(false);
    open();
    await over;
    expect((await bed.found(id)).state).toBe('done');
  });

  it('are kept by their heartbeat, and overtaken without one', async () => {
    const { passed, open } = gate();
    let aborted = false;
    bed.handlers.on(Long, async (_, run) => {
      run.signal.addEventListener('abort', () => {
        aborted = true;
      });
      await passed;
    });
    const { id } = await bed.enqueue(Long, note());
    await bed.taking.wake(id);
    clock.forward(LEASE_SECONDS - 1);
    await bed.runner.beat();
    clock.forward(LEASE_SECONDS - 1);
    const other = another();
    other.handlers.on(Long, async () => {});
    await other.taking.takeDue();
    expect((await bed.found(id)).attempts).toBe(1);
    clock.forward(2);
    await other.taking.takeDue();
    await bed.reaches(id, 'done');
    await bed.runner.beat();
    expect(aborted).toBe(true);
    open();
  });

  it('of a job that is cancelled end at their next checkpoint', async () => {
    const { passed, open } = gate();
    let further = false;
    bed.handlers.on(Long, async (_, run) => {
      await run.checkpoint({ page: 1 }, { done: 1 });
      await passed;
      await run.checkpoint({ page: 2 }, { done: 2 });
      further = true;
    });
    const { id } = await bed.enqueue(Long, note());
    await bed.taking.wake(id);
    await waitFor('a checkpoint', async () => (await bed.found(id)).progress.done === 1, 10_000);
    await database.transaction((tx) => bed.store.requestCancel(tx, id, clock.now()));
    open();
    const job = await bed.reaches(id, 'cancelled');
    expect([job.lastError, job.finishedAt, further]).toEqual([null, expect.any(Date), false]);
  });

  it('of a job that is cancelled learn of it by their signal at the next heartbeat', async () => {
    bed.handlers.on(Long, async (_, run) => {
      await delay(60_000, undefined, { signal: run.signal });
    });
    const { id } = await bed.enqueue(Long, note());
    await bed.taking.wake(id);
    await database.transaction((tx) => bed.store.requestCancel(tx, id, clock.now()));
    await bed.runner.beat();
    expect(await bed.reaches(id, 'cancelled')).toMatchObject({ attempts: 1, lastError: null });
  });

  it('that kill every worker end failed', async () => {
    const { id } = await bed.enqueue(Long, note());
    bed.handlers.on(Long, async () => {});
    for (const _ of range(11)) {
      await bed.runs.claim(id, [], bed.runner.lease());
      clock.forward(LEASE_SECONDS + 1);
    }
    await bed.taking.takeDue();
    expect(await bed.reaches(id, 'failed')).toMatchObject({ lastError: 'GiveUp: 11 workers died at it' });
  });
});
