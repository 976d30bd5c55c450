import { findFreePort } from '../../tools/local/ports.mts';
import { waitFor } from '../../tools/local/wait.mts';
import type { Report } from '../harness/report.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { FanoutBed, RECIPIENTS } from './fanout-bed.mts';

const FEW = 10;
const ROUNDS = 3;
const MOST_SECONDS = 5;
const LONGEST_MS = 120_000;

interface Round {
  readonly fewSeconds: number;
  readonly manySeconds: number;
  readonly notExactlyOnce: number;
}

/** Nobody waits behind a crowd. */
export const fairness = {
  line: `two workers: a push to ${FEW} phones right behind one to ${RECIPIENTS}`,
  run: async (testBed: TestBed): Promise<Report> => {
    const bed = await FanoutBed.prepare(testBed, { few: FEW, many: RECIPIENTS });
    const workers = [await bed.worker(), await bed.worker(await findFreePort())];
    await over(bed, (await bed.send('few', 'warm')).id);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await one(bed, testBed));
    await Promise.all(workers.map((worker) => worker.stop()));
    await bed.rows.close();
    return report(rounds);
  },
};

async function one(bed: FanoutBed, testBed: TestBed): Promise<Round> {
  await bed.quiet();
  const begin = performance.now();
  const many = await bed.send('many', 'many');
  const behind = performance.now();
  const few = await bed.send('few', 'few');
  await over(bed, few.id);
  const fewSeconds = (performance.now() - behind) / 1_000;
  await over(bed, many.id);
  const manySeconds = (performance.now() - begin) / 1_000;
  const { recipients, repeated } = await bed.summary();
  testBed.say(`${FEW} after ${fewSeconds.toFixed(2)} s, ${RECIPIENTS} after ${manySeconds.toFixed(2)} s`);
  return { fewSeconds, manySeconds, notExactlyOnce: RECIPIENTS + FEW - recipients + repeated };
}

const over = (bed: FanoutBed, id: string) =>
  waitFor('not over', async () => (await bed.rows.progress(id)).over, { timeoutMs: LONGEST_MS, everyMs: 10 });

function report(rounds: readonly Round[]): Report {
  const worst = (of: (round: Round) => number) => Math.max(...rounds.map(of));
  return {
    bench: 'fanout-fairness',
    title: `A push to ${FEW} phones behind one to ${RECIPIENTS}, two workers`,
    table: {
      head: ['', `${FEW} phones, s`, `${RECIPIENTS} phones, s`, 'not exactly once'],
      rows: rounds.map((round, i) => [
        `round ${i + 1}`,
        round.fewSeconds.toFixed(2),
        round.manySeconds.toFixed(2),
        String(round.notExactlyOnce),
      ]),
    },
    verdicts: [
      {
        ...{ what: `the ${FEW} are reached after`, value: worst(({ fewSeconds }) => fewSeconds) },
        ...{ most: MOST_SECONDS, unit: ' s', slack: false },
      },
      {
        ...{
          what: 'recipients that were not reached exactly once',
          value: worst((one) => one.notExactlyOnce),
        },
        ...{ most: 0, unit: '', slack: false },
      },
    ],
    notes: ['from its request until its last row is settled; the worst of the rounds counts'],
    data: rounds,
  };
}
