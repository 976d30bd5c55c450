import { setTimeout as delay } from 'node:timers/promises';
import { cpuNanoseconds } from '../harness/proc.mts';
import { Quiet } from '../harness/quiet.mts';
import type { Report } from '../harness/report.mts';
import type { ServerProcess } from '../harness/server-process.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { WebhookBed } from './webhook-bed.mts';

const COUNT = 20_000;
const ENDPOINTS = 16;
const ROUNDS = 4;
/** Rarely enough to leave the database to the worker. */
const LOOK_MS = 25;
/** How long the worker is watched while it has nothing to deliver, each time. */
const IDLE_MS = 2_000;
/** At least 0.8 of the peer's deliveries for the same CPU. */
const MOST_RATIO = 1 / 0.8;

interface Run {
  /** CPU a webhook. */
  readonly microseconds: number;
  readonly perSecond: number;
  /** CPU a second of the worker while it has nothing to deliver, in microseconds. */
  readonly idle?: number;
}

/** Webhooks going out, beside somebody who does nothing but sign and send them. */
export const webhookOutbound = {
  line: `${COUNT} webhooks going out, beside a bare undici Pool that signs`,
  run: async (testBed: TestBed): Promise<Report> => {
    const bed = await WebhookBed.prepare(testBed);
    const endpoints = await bed.subscribe(Array.from({ length: ENDPOINTS }, (_, index) => `/bench/${index}`));
    const worker = await bed.worker();
    const bare = await bed.sender({ WHICH: 'bare', BODY: body() });
    const ours = await bed.sender({ WHICH: 'ours', BODY: body() });
    const contenders = {
      'undici Pool + HMAC': () => measure(bare, () => ask(bare)),
      'our sender': () => measure(ours, () => ask(ours)),
      'our worker, from row to row': async () => {
        const idling = await idle(worker);
        await bed.emit(endpoints, COUNT, body());
        return { idle: idling, ...(await measure(worker, () => settled(bed))) };
      },
    };
    const runs = await inTurns(contenders, testBed, bed);
    await bed.close();
    return report(runs);
  },
};

async function inTurns(
  contenders: Readonly<Record<string, () => Promise<Run>>>,
  testBed: TestBed,
  bed: WebhookBed,
): Promise<Map<string, Run[]>> {
  const quiet = new Quiet(testBed.cores.count);
  const runs = new Map<string, Run[]>(Object.keys(contenders).map((name) => [name, []]));
  // the first round is for the compiler
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      await bed.forget();
      await quiet.wait();
      const result = await run();
      testBed.say(`${name}: ${result.microseconds.toFixed(1)} µs, ${result.perSecond.toFixed(0)}/s`);
      if (round > 0) runs.get(name)?.push(result);
    }
  }
  return runs;
}

async function measure(process: ServerProcess, work: () => Promise<void>): Promise<Run> {
  const [cpu, begin] = [cpuNanoseconds(process.pid), performance.now()];
  await work();
  const seconds = (performance.now() - begin) / 1_000;
  return { microseconds: (cpuNanoseconds(process.pid) - cpu) / 1_000 / COUNT, perSecond: COUNT / seconds };
}

async function idle(process: ServerProcess): Promise<number> {
  const [cpu, begin] = [cpuNanoseconds(process.pid), performance.now()];
  await delay(IDLE_MS);
  return (cpuNanoseconds(process.pid) - cpu) / (performance.now() - begin);
}

async function ask(sender: ServerProcess): Promise<void> {
  const response = await fetch(`${sender.origin}/?count=${COUNT}`, { method: 'POST' });
  await response.text();
}

async function settled(bed: WebhookBed): Promise<void> {
  while ((await bed.unsettled()) > 0) await delay(LOOK_MS);
}

const body = (): string =>
  JSON.stringify({
    type: 'push.completed',
    timestamp: new Date().toISOString(),
    data: { notificationId: '0198f7a4-0000-7000-8000-000000000000', status: 'completed' },
  });

function report(runs: ReadonlyMap<string, readonly Run[]>): Report {
  const best = [...runs].map(([name, all]) => ({
    name,
    microseconds: Math.min(...all.map((run) => run.microseconds)),
    perSecond: Math.max(...all.map((run) => run.perSecond)),
  }));
  const [bare, sender, worker] = best;
  if (bare === undefined || sender === undefined || worker === undefined)
    throw new Error('nothing was measured');
  const idle = Math.min(...[...runs.values()].flat().flatMap((run) => run.idle ?? []));
  const ratio = { most: MOST_RATIO, unit: '', slack: true };
  return {
    bench: 'webhook-outbound',
    title: 'Webhooks going out',
    table: {
      head: ['', 'CPU µs a webhook', 'webhooks/s'],
      rows: best.map(({ name, microseconds, perSecond }) => [
        name,
        microseconds.toFixed(1),
        perSecond.toFixed(0),
      ]),
    },
    verdicts: [
      { what: 'our sender’s CPU ÷ the Pool’s', value: sender.microseconds / bare.microseconds, ...ratio },
      { what: 'our worker’s CPU ÷ the Pool’s', value: worker.microseconds / bare.microseconds, ...ratio },
    ],
    notes: [
      'our sender: the guard of addresses, one clock an attempt, signature, excerpt; our worker: all of that, claiming each ' +
        'delivery in the database and writing its attempt',
      `the worker’s CPU has all in it that it does besides: with nothing to deliver that is ${(idle / 1_000).toFixed(0)} ms a second, ` +
        `${(idle / worker.perSecond).toFixed(1)} µs a webhook in its fastest run, and more the longer the database takes`,
      'CPU of all threads of the process that sends, on a core of its own; receiver and database on the other, so that ' +
        'webhooks/s of the worker say what those two can do',
      `least of ${ROUNDS} runs in turns, after one for the compiler`,
    ],
    data: Object.fromEntries(runs),
  };
}
