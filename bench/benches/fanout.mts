import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../../tools/local/wait.mts';
import type { Report } from '../harness/report.mts';
import type { ServerProcess } from '../harness/server-process.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { FanoutBed, IDLE_MS, RECIPIENTS } from './fanout-bed.mts';
import { ceiling } from './fanout-ceiling.mts';

const KILLS = 10;
const ROUNDS = 3;
const MOST_CALLS = 60;
const MOST_GROWTH_MEGABYTES = 64;
const LEAST_OF_CEILING = 0.7;
const MOST_ANSWER_MS = 100;
const LONGEST_MS = 240_000;
/** A killed worker's messages come back after half a minute. */
const LONGEST_STANDSTILL_MS = 60_000;

interface Undisturbed {
  readonly perSecond: number;
  readonly answerMs: number;
  readonly growthMegabytes: number;
}

interface Killed {
  readonly seconds: number;
  readonly calls: number;
  readonly notExactlyOnce: number;
  readonly growthMegabytes: number;
}

/** A notification to 100,000 phones: how fast by an undisturbed worker, and how exactly by one that is killed. */
export const fanout = {
  line: `a push to ${RECIPIENTS} phones: rate beside the sandbox's own, memory, and exactly once over ${KILLS} kill -9`,
  run: async (testBed: TestBed): Promise<Report> => {
    const bed = await FanoutBed.prepare(testBed, { warm: 5_000, many: RECIPIENTS });
    const most = await ceiling(bed, RECIPIENTS);
    testBed.say(`the sandbox takes ${most.toFixed(0)} recipients/s`);
    const undisturbed = await rounds(bed, testBed);
    const killed = await withKills(bed, testBed);
    await bed.rows.close();
    return report(most, undisturbed, killed);
  },
};

async function rounds(bed: FanoutBed, testBed: TestBed): Promise<Undisturbed[]> {
  const worker = await bed.worker();
  await over(bed, (await bed.send('warm', 'warm')).id);
  await delay(IDLE_MS);
  const results: Undisturbed[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await bed.quiet();
    const memory = watch(worker);
    const begin = performance.now();
    const { id, milliseconds } = await bed.send('many', `round ${round}`);
    await over(bed, id);
    const perSecond = RECIPIENTS / ((performance.now() - begin) / 1_000);
    results.push({ perSecond, answerMs: milliseconds, growthMegabytes: memory.growth() });
    testBed.say(`${perSecond.toFixed(0)} recipients/s, ${memory.growth().toFixed(0)} MB more`);
    await delay(IDLE_MS);
  }
  await worker.stop();
  return results;
}

/** Each kill waits for some progress since the last one, and a moment more. */
async function withKills(bed: FanoutBed, testBed: TestBed): Promise<Killed> {
  await bed.quiet();
  let worker = await bed.worker();
  const begin = performance.now();
  const { id } = await bed.send('many', 'killed');
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const at = await progressed(bed, id);
    if (at.over) throw new Error(`it was over before kill ${kill}`);
    await delay(Math.random() * 100);
    process.kill(worker.pid, 'SIGKILL');
    await worker.stop();
    testBed.say(`kill ${kill}: ${at.frozen} frozen, ${at.settled} sent`);
    worker = await bed.worker();
  }
  await delay(IDLE_MS);
  const memory = watch(worker);
  await over(bed, id);
  const seconds = (performance.now() - begin) / 1_000;
  const { notifications, recipients, repeated } = await bed.summary();
  await worker.stop();
  const notExactlyOnce = RECIPIENTS - recipients + repeated;
  return { seconds, calls: notifications, notExactlyOnce, growthMegabytes: memory.growth() };
}

async function progressed(bed: FanoutBed, id: string) {
  const before = await bed.rows.progress(id);
  return waitFor(
    'no progress',
    async () => {
      const now = await bed.rows.progress(id);
      return now.over || now.settled > before.settled || now.frozen > before.frozen ? now : undefined;
    },
    { timeoutMs: LONGEST_STANDSTILL_MS, everyMs: 5 },
  );
}

const over = (bed: FanoutBed, id: string) =>
  waitFor('not over', async () => (await bed.rows.progress(id)).over, { timeoutMs: LONGEST_MS, everyMs: 20 });

/** By how much a process has grown at most since now. */
function watch(worker: ServerProcess): { growth(): number } {
  const before = worker.rssMegabytes;
  let most = before;
  const look = () => {
    most = Math.max(most, worker.rssMegabytes);
  };
  const timer = setInterval(look, 50).unref();
  return {
    growth: () => {
      clearInterval(timer);
      look();
      return most - before;
    },
  };
}

function report(most: number, undisturbed: readonly Undisturbed[], killed: Killed): Report {
  const best = undisturbed.reduce((a, b) => (b.perSecond > a.perSecond ? b : a));
  const growth = Math.max(
    killed.growthMegabytes,
    ...undisturbed.map(({ growthMegabytes }) => growthMegabytes),
  );
  const rate = (perSecond: number) => [perSecond.toFixed(0), (perSecond / most).toFixed(2)];
  const exact = (what: string, value: number, limit: number, unit = '') => ({
    ...{ what, value, most: limit, unit },
    slack: false,
  });
  return {
    bench: 'fanout',
    title: `A push to ${RECIPIENTS} phones`,
    table: {
      head: ['', 'recipients/s', 'of the ceiling', 'worker grows by, MB'],
      rows: [
        ["the sandbox's ceiling", ...rate(most), ''],
        ...undisturbed.map((one, i) => [
          `round ${i + 1}`,
          ...rate(one.perSecond),
          one.growthMegabytes.toFixed(0),
        ]),
        [`with ${KILLS} kills`, ...rate(RECIPIENTS / killed.seconds), killed.growthMegabytes.toFixed(0)],
      ],
    },
    verdicts: [
      exact(`recipients that were not reached exactly once, over ${KILLS} kills`, killed.notExactlyOnce, 0),
      exact('accepted provider calls, with the kills', killed.calls, MOST_CALLS),
      exact('the worker grows by', growth, MOST_GROWTH_MEGABYTES, ' MB'),
      exact('the request is answered after', best.answerMs, MOST_ANSWER_MS, ' ms'),
      {
        what: 'ceiling ÷ our rate',
        value: most / best.perSecond,
        most: 1 / LEAST_OF_CEILING,
        unit: '',
        slack: true,
      },
    ],
    notes: [
      'the ceiling: undici posts the same 50 bodies directly, 8 connections, best of three; ours: from the request until the last row is settled',
      'delivery events are off; a killed worker’s messages come back after 30 s, which the rate with kills is made of',
    ],
    data: { ceiling: most, undisturbed, killed },
  };
}
