import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../../tools/local/wait.mts';
import type { Report } from '../harness/report.mts';
import type { ServerProcess } from '../harness/server-process.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { FanoutBed, IDLE_MS, RECIPIENTS } from './fanout-bed.mts';
import { bareRows, ceiling } from './fanout-ceiling.mts';
import { KILLS, type Killed, perSecond, report, share, type Undisturbed } from './fanout-report.mts';
import { meter } from './fanout-usage.mts';

const ROUNDS = 3;
const LONGEST_MS = 240_000;
/** A killed worker's messages come back after half a minute. */
const LONGEST_STANDSTILL_MS = 60_000;

/** A notification to 100,000 phones: how fast by an undisturbed worker, and how exactly by one that is killed. */
export const fanout = {
  line: `a push to ${RECIPIENTS} phones: rate beside the sandbox's own, memory, and exactly once over ${KILLS} kill -9`,
  run: async (testBed: TestBed): Promise<Report> => {
    const bed = await FanoutBed.prepare(testBed, { warm: 5_000, many: RECIPIENTS });
    const most = await ceiling(bed, RECIPIENTS);
    testBed.say(`the sandbox takes ${perSecond(most).toFixed(0)} recipients/s`);
    const bare = await bareRows(bed, 'many');
    testBed.say(`the database takes ${perSecond(bare).toFixed(0)} bare rows/s`);
    const undisturbed = await rounds(bed, testBed);
    const killed = await withKills(bed, testBed);
    await bed.rows.close();
    return report({ most, bare, undisturbed, killed });
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
    const used = meter(bed.coreCount);
    const { id, milliseconds } = await bed.send('many', `round ${round}`);
    await over(bed, id);
    const one = { ...used(), answerMs: milliseconds, growthMegabytes: memory.growth() };
    results.push(one);
    testBed.say(
      `${perSecond(one).toFixed(0)} recipients/s, ${one.cpuSeconds.toFixed(2)} s of CPU, others ${share(one)}, ${one.growthMegabytes.toFixed(0)} MB more`,
    );
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
