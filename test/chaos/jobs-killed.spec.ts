import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { range } from '../support/concurrently';
import { JobsFleet } from '../support/jobs-fleet';
import { scaled } from '../support/scale';
import { waitFor } from '../support/wait-for';

jest.setTimeout(600_000);

const SECONDS = scaled(13, 60);
const KILLS = scaled(3, 20);
const JOBS = 3;
const STEPS = 25;
const LATEST_KILL_MS = 600;

describe('kill -9 of workers while they do jobs', () => {
  let fleet: JobsFleet;

  beforeAll(async () => {
    fleet = await JobsFleet.start();
  });
  afterEach(() => fleet.killAll());
  afterAll(() => fleet.stop());

  it(`four workers, a schedule every second for ${SECONDS} s, two of them killed: each slot exactly once`, async () => {
    await Promise.all(range(4).map(() => fleet.startWorker('in-process')));
    const first = (await slots()).length;
    for (const part of [1, 2]) {
      await waitFor('some slots', async () => (await slots()).length >= first + (SECONDS * part) / 3, 90_000);
      await fleet.kill(await waitFor('somebody at work', () => fleet.atWork('test.tick'), 30_000));
    }
    expect(fleet.size).toBe(2);
    await waitFor('all slots', async () => (await slots()).length >= first + SECONDS, 120_000);
    const count = (await slots()).length;
    fleet.moveOn();
    // what passed while the clock jumped is caught up, too
    const taken = await waitFor(
      'the jump to be caught up',
      async () => {
        const all = await slots();
        return all.length >= count + 61 ? all : undefined;
      },
      60_000,
    );
    const last = taken.at(-1) ?? '';
    await waitFor('all of them to be done', async () => (await open(last)) === 0, 120_000);
    await fleet.killAll();

    const begin = Date.parse(taken[0] ?? '');
    expect(taken).toEqual(range(taken.length).map((index) => new Date(begin + index * 1_000).toISOString()));
    expect(await slots(last)).toEqual(taken);
    const jobs = await fleet.stack.sql<{ slot: string }>(
      "select payload ->> 'slot' as slot from loopin.jobs order by slot",
    );
    expect(jobs.map(({ slot }) => slot).filter((slot) => slot <= last)).toEqual(taken);
    const effects = await fleet.stack.sql<{ what: string }>(
      'select what from loopin.test_effects order by what',
    );
    expect(effects.map(({ what }) => what).filter((slot) => slot <= last)).toEqual(taken);
  });

  it(`at ${KILLS} points of jobs with checkpoints: they go on from there, and each step has its effect once`, async () => {
    await fleet.stack.sql('truncate loopin.jobs, loopin.test_effects, loopin.test_attempts');
    await Promise.all(range(2).map(() => fleet.startWorker('eventbridge')));
    let count = 0;
    for (const _ of range(KILLS)) {
      const ids: string[] = [];
      // others, when those before are over too soon
      const inTheMiddle = async () => {
        ids.push(...(await enqueue(JOBS)));
        await waitFor('somebody at work', () => fleet.atWork('test.steps'), 10_000);
        await delay(Math.random() * LATEST_KILL_MS);
        return fleet.atWork('test.steps');
      };
      await fleet.kill(await waitFor('somebody in the middle of it', inTheMiddle, 60_000));
      count += ids.length;
      const successor = fleet.startWorker('eventbridge');
      fleet.moveOn();
      await waitFor(
        'their end',
        async () => (await statesOf(ids)).every((state) => state === 'done'),
        120_000,
      );
      await successor;
    }
    const counted = await fleet.stack.sql(
      `select count(*)::int as effects, count(distinct (job_id, what))::int as steps
       from loopin.test_effects`,
    );
    const expected = count * STEPS;
    expect(counted).toEqual([{ effects: expected, steps: expected }]);
    const [again] = await fleet.stack.sql<{ jobs: number }>(
      'select count(*)::int as jobs from loopin.jobs where attempt > 1',
    );
    expect(again?.jobs).toBeGreaterThanOrEqual(KILLS);
  });

  async function slots(until = 'infinity'): Promise<string[]> {
    const rows = await fleet.stack.sql<{ slot: Date }>(
      'select slot from loopin.schedule_slots where slot <= $1 order by slot',
      [until],
    );
    return rows.map(({ slot }) => slot.toISOString());
  }

  /** Jobs up to that slot which are not over. */
  async function open(slot: string): Promise<number> {
    const [row] = await fleet.stack.sql<{ count: number }>(
      "select count(*)::int as count from loopin.jobs where payload ->> 'slot' <= $1 and state <> 'done'",
      [slot],
    );
    return row?.count ?? Number.NaN;
  }

  /** Due at once, without a message. */
  async function enqueue(count: number): Promise<string[]> {
    const ids = range(count).map(() => randomUUID());
    await fleet.stack.sql(
      `insert into loopin.jobs (id, name, payload, state, run_at, wake_at, correlation_id, created_at)
       select id, 'test.steps', $2, 'queued', now(), now(), id, now()
       from unnest($1::uuid[]) as id`,
      [ids, JSON.stringify({ steps: STEPS })],
    );
    return ids;
  }

  async function statesOf(ids: readonly string[]): Promise<string[]> {
    const rows = await fleet.stack.sql<{ state: string }>(
      'select state from loopin.jobs where id = any($1::uuid[])',
      [ids],
    );
    return rows.map(({ state }) => state);
  }
});
