import { setTimeout as delay } from 'node:timers/promises';
import type { LocalStack } from '../../tools/local/client.mts';
import { cpuNanoseconds, lookAround, otherLoad } from '../harness/proc.mts';
import { MOST_OTHER_LOAD, Quiet } from '../harness/quiet.mts';
import type { Report } from '../harness/report.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { appSpec, type Mode } from './app.mts';

const MODES: readonly Mode[] = ['web', 'worker'];
const STARTS = 7;
/** Starts that may be added because the machine was busy with other things. */
const EXTRA_STARTS = 8;
const IDLE_MS = 5_000;
const MOST_START_MS = 1_200;
const MOST_RSS_MEGABYTES = 140;

interface Start {
  readonly milliseconds: number;
  /** Of all threads until it listened: the number that other load disturbs least. */
  readonly cpuMilliseconds: number;
  readonly otherLoad: number;
}

interface Result {
  readonly mode: Mode;
  readonly starts: readonly Start[];
  /** The starts that count: the quiet ones, or the quietest where there were too few. */
  readonly counted: readonly Start[];
  readonly quiet: number;
  readonly rssMegabytes: number;
}

/** Web and worker from process start until they listen, and what they weigh when nobody calls them. */
export const start = {
  line: 'web and worker, built: time until they listen, memory after 5 s of idling',
  run: async (bed: TestBed): Promise<Report> => {
    const stack = await bed.services();
    const starts = await startInTurns(bed, stack);
    const results: Result[] = [];
    for (const mode of MODES) {
      results.push(conclude(mode, starts.get(mode) ?? [], await weigh(bed, stack, mode)));
    }
    return report(results);
  },
};

async function startInTurns(bed: TestBed, stack: LocalStack): Promise<Map<Mode, Start[]>> {
  const starts = new Map<Mode, Start[]>(MODES.map((mode) => [mode, []]));
  const quiet = new Quiet(bed.cores.count);
  // once each for the warm disk that the limits speak of
  for (const mode of MODES) await startOnce(bed, stack, mode);
  for (let round = 0; round < STARTS + EXTRA_STARTS; round += 1) {
    for (const [mode, seen] of starts) {
      if (quietOnes(seen).length >= STARTS) continue;
      await quiet.wait();
      const one = await startOnce(bed, stack, mode);
      seen.push(one);
      bed.say(`${mode}: ${one.milliseconds.toFixed(0)} ms, other load ${(one.otherLoad * 100).toFixed(1)} %`);
    }
  }
  return starts;
}

/** All cores, as in a task of its own: the compiler and the collector have threads. */
async function startOnce(bed: TestBed, stack: LocalStack, mode: Mode): Promise<Start> {
  const before = lookAround();
  const server = bed.server(appSpec(stack, mode, { cores: bed.cores.all }));
  const milliseconds = await server.listening();
  const cpuMilliseconds = cpuNanoseconds(server.pid) / 1e6;
  const other = otherLoad(before, lookAround(), bed.cores.count);
  await server.stop();
  return { milliseconds, cpuMilliseconds, otherLoad: other };
}

async function weigh(bed: TestBed, stack: LocalStack, mode: Mode): Promise<number> {
  const server = bed.server(appSpec(stack, mode, { cores: bed.cores.all }));
  await server.listening();
  await delay(IDLE_MS);
  const megabytes = server.rssMegabytes;
  await server.stop();
  return megabytes;
}

function conclude(mode: Mode, starts: readonly Start[], rssMegabytes: number): Result {
  const quiet = quietOnes(starts);
  const quietest = starts.toSorted((a, b) => a.otherLoad - b.otherLoad).slice(0, STARTS);
  const counted = quiet.length >= STARTS ? quiet : quietest;
  return { mode, starts, counted, quiet: quiet.length, rssMegabytes };
}

const quietOnes = (starts: readonly Start[]): Start[] =>
  starts.filter((one) => one.otherLoad <= MOST_OTHER_LOAD);

function report(results: readonly Result[]): Report {
  return {
    bench: 'start',
    title: 'Start and idle memory',
    table: {
      head: ['', 'CPU until it listens, ms', 'listens after, ms: minimum', 'median', 'idle RSS, MB'],
      rows: results.map(toRow),
    },
    verdicts: results.flatMap(({ mode, counted, rssMegabytes }) => [
      {
        what: `${mode} listens after`,
        value: median(counted),
        most: MOST_START_MS,
        unit: ' ms',
        slack: true,
      },
      { what: `${mode} idles at`, value: rssMegabytes, most: MOST_RSS_MEGABYTES, unit: ' MB', slack: false },
    ]),
    notes: [
      `medians of ${STARTS} starts in turns, on a warm disk, all cores; RSS ${IDLE_MS / 1_000} s after listening`,
      ...results.flatMap(disturbances),
    ],
    data: results,
  };
}

function toRow({ mode, counted, rssMegabytes }: Result): string[] {
  const cpu = Math.min(...counted.map(({ cpuMilliseconds }) => cpuMilliseconds));
  const least = Math.min(...counted.map(({ milliseconds }) => milliseconds));
  return [mode, ...[cpu, least, median(counted), rssMegabytes].map((value) => value.toFixed(0))];
}

function disturbances({ mode, quiet, counted }: Result): string[] {
  if (quiet >= STARTS) return [];
  const worst = Math.max(...counted.map((one) => one.otherLoad)) * 100;
  return [
    `${mode}: only ${quiet} starts without other load above ${MOST_OTHER_LOAD * 100} %; the quietest ${counted.length} ` +
      `count, with up to ${worst.toFixed(0)} %: the times are too high by about that`,
  ];
}

function median(starts: readonly Start[]): number {
  const sorted = starts.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
