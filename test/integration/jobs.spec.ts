import { Logger } from '@nestjs/common';
import { z } from 'zod';
import { GiveUp } from '../../src/modules/jobs';
import type { Database } from '../../src/platform/database/database';
import { TryAgainLater } from '../../src/platform/sqs/message-handlers';
import { secondsAfter } from '../../src/shared/clock';
import { idSchema, type JobId, newId } from '../../src/shared/ids';
import { defineJob } from '../../src/shared/job';
import { range } from '../support/concurrently';
import { JobsBed } from '../support/jobs-bed';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

const Payload = z.strictObject({ noteId: idSchema<'Note'>() });
const Index = defineJob('test.index', Payload);
const Unique = defineJob('test.unique', Payload, { key: ({ noteId }) => noteId });
const Long = defineJob('test.long', Payload, {
  checkpoint: z.object({ page: z.int() }),
  retry: { attempts: 2 },
});

describe('jobs', () => {
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
    bed = new JobsBed(database, clock);
  });
  afterAll(() => services.stop());

  const note = () => ({ noteId: newId<'Note'>() });
  /** Another worker process. */
  const another = () => new JobsBed(database, clock);
  const messages = async (id: JobId) =>
    (await services.sql("select id from loopin.outbox where body::jsonb -> 'payload' ->> 'jobId' = $1", [id]))
      .length;
  /** A handler that is under way until it is let go. */
  function gate() {
    const { promise, resolve } = Promise.withResolvers<void>();
    return { passed: promise, open: resolve };
  }

  it('run when their message comes, with their payload and the correlation id of whoever enqueued them', async () => {
    const seen: unknown[] = [];
    bed.handlers.on(Index, async (payload) => void seen.push(payload));
    const payload = note();
    const { id, added } = await bed.enqueue(Index, payload);
    expect([added, await messages(id), (await bed.found(id)).state]).toEqual([true, 1, 'queued']);
    await bed.taking.wake(id);
    const job = await bed.reaches(id, 'done');
    expect([seen, job.attempts, job.finishedAt]).toEqual([[payload], 1, expect.any(Date)]);
    await bed.taking.wake(id);
    expect(seen).toHaveLength(1);
  });

  it('are not there when the transaction that enqueued them was rolled back', async () => {
    let id: JobId | undefined;
    const failing = database.transaction(async (tx) => {
      ({ id } = await bed.jobs.enqueue(tx, Index, note()));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await bed.store.find(id as JobId)).toBeUndefined();
  });

  it('refuse a second handler, and a payload that is none', async () => {
    bed.handlers.on(Index, async () => {});
    expect(() => bed.handlers.on(Index, async () => {})).toThrow('has a handler already');
    await expect(bed.enqueue(Index, { noteId: 'x' as never })).rejects.toThrow('is not a UUID');
  });

  it('with a key are open once, however many ask at the same time; after their end there may be another', async () => {
    bed.handlers.on(Unique, async () => {});
    const payload = note();
    const asked = await Promise.all(range(20).map(() => bed.enqueue(Unique, payload)));
    const ids = new Set(asked.map(({ id }) => id));
    expect([ids.size, asked.filter(({ added }) => added).length]).toEqual([1, 1]);
    const [id] = [...ids] as [JobId];
    expect(await messages(id)).toBe(1);
    await bed.taking.wake(id);
    await bed.reaches(id, 'done');
    const next = await bed.enqueue(Unique, payload);
    expect([next.added, next.id === id]).toEqual([true, false]);
  });

  it('wait for their time, and need no message then', async () => {
    let runs = 0;
    bed.handlers.on(Index, async () => void runs++);
    const { id } = await bed.enqueue(Index, note(), secondsAfter(clock.now(), 3_600));
    await bed.taking.wake(id);
    await bed.taking.takeDue();
    expect([runs, await messages(id), (await bed.found(id)).state]).toEqual([0, 0, 'queued']);
    clock.forward(3_601);
    await bed.taking.takeDue();
    await bed.reaches(id, 'done');
  });

  it('whose message was lost are done all the same', async () => {
    bed.handlers.on(Index, async () => {});
    const { id } = await bed.enqueue(Index, note());
    await bed.taking.takeDue();
    expect((await bed.found(id)).state).toBe('queued');
    clock.forward(61);
    await bed.taking.takeDue();
    await bed.reaches(id, 'done');
  });

  it('are tried again after a failure, later each time, and end failed with the reason', async () => {
    bed.handlers.on(Long, async () => {
      throw new Error('secret words of a driver');
    });
    const { id } = await bed.enqueue(Long, note());
    await bed.taking.wake(id);
    const job = await bed.reaches(id, 'queued');
    await waitFor('the failure', async () => (await bed.found(id)).lastError, 10_000);
    const delay = ((await bed.found(id)).runAt.getTime() - clock.now().getTime()) / 1000;
    expect(delay).toBeGreaterThan(4);
    expect(delay).toBeLessThan(13);
    await bed.taking.takeDue();
    expect((await bed.found(job.id)).attempts).toBe(1);
    clock.forward(15);
    await bed.taking.takeDue();
    expect(await bed.reaches(id, 'failed')).toMatchObject({ attempts: 2, lastError: 'Error' });
  });

  it.each([
    ['that give up fail at once', new GiveUp('of no use'), 'failed', 'GiveUp: of no use'],
    ['that ask for later spend no attempt', new TryAgainLater('away', 20), 'queued', 'TryAgainLater: away'],
  ])('%s', async (_, error, state, lastError) => {
    bed.handlers.on(Long, async () => {
      throw error;
    });
    const { id } = await bed.enqueue(Long, note());
    await bed.taking.wake(id);
    await waitFor('the end of the attempt', async () => (await bed.found(id)).lastError, 10_000);
    expect(await bed.found(id)).toMatchObject({ state, lastError });
    const [row] = await services.sql('select failures from loopin.jobs where id = $1', [id]);
    expect(row).toEqual({ failures: 0 });
  });

  it('that nobody does end failed, and say so', async () => {
    const { id } = await bed.enqueue(Index, note());
    for (const _ of range(5)) {
      await bed.taking.takeDue();
      await bed.taking.wake(id);
      await waitFor('the attempt', async () => (await bed.found(id)).state !== 'running', 10_000);
      clock.forward(3_600);
    }
    expect(await bed.reaches(id, 'failed')).toMatchObject({ lastError: 'SafeError: nobody does test.index' });
  });

  it('are taken by one of many workers that ask at once', async () => {
    const workers = range(4).map(another);
    const seen: string[] = [];
    for (const worker of workers) {
      worker.handlers.on(Index, async ({ noteId }) => void seen.push(noteId));
    }
    const ids = await Promise.all(range(30).map(async () => (await bed.enqueue(Index, note())).id));
    await Promise.all(workers.flatMap(({ taking }) => ids.map((id) => taking.wake(id))));
    // an attempt that is under way must not look as if its worker had died
    await waitFor(
      'a moment without attempts',
      async () =>
        (await Promise.all(ids.map((id) => bed.found(id)))).every(({ state }) => state !== 'running'),
      20_000,
    );
    clock.forward(61);
    await waitFor(
      'all of them',
      async () => {
        await Promise.all(workers.map(({ taking }) => taking.takeDue()));
        return seen.length >= ids.length;
      },
      20_000,
    );
    await Promise.all(ids.map((id) => bed.reaches(id, 'done')));
    expect(new Set(seen).size).toBe(30);
    expect(seen).toHaveLength(30);
  });

  it('of one kind never take all the room of a worker', async () => {
    const { passed, open } = gate();
    let running = 0;
    bed.handlers.on(Long, async () => {
      running++;
      await passed;
    });
    bed.handlers.on(Index, async () => {});
    const long = await Promise.all(range(10).map(async () => (await bed.enqueue(Long, note())).id));
    for (const id of long) await bed.taking.wake(id);
    expect(running).toBe(4);
    const { id } = await bed.enqueue(Index, note());
    await bed.taking.wake(id);
    await bed.reaches(id, 'done');
    open();
    await Promise.all(long.map((one) => bed.reaches(one, 'done')));
    expect(running).toBe(10);
  });
});
