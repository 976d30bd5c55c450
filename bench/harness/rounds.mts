import type { Load, Window } from './load.mts';
import type { PlannedRequest } from './load-messages.mts';
import { MOST_OTHER_LOAD, type Quiet } from './quiet.mts';
import type { ServerProcess } from './server-process.mts';

const CONNECTIONS = 50;
const ROUNDS = 3;
/** Rounds that may be added because the machine was busy with other things. */
const EXTRA_ROUNDS = 5;
/** Enough for the compiler to have seen the hot code. */
const FIRST_WARM_UP_MS = 6_000;
const WARM_UP_MS = 500;
const WINDOW_MS = 4_000;

export interface Contender {
  readonly server: ServerProcess;
  /** Sent again and again, or made anew for each window. */
  readonly requests: readonly PlannedRequest[] | (() => readonly PlannedRequest[]);
}

/** Other windows than the usual. */
export interface WindowShape {
  readonly warmUpMs?: number;
  readonly windowMs?: number;
  readonly perSecond?: number;
}

/** A contender's windows, and the best of them. */
export interface Measurement {
  readonly name: string;
  readonly windows: readonly Window[];
  /** Windows without much other load, of which there should be three. */
  readonly quiet: number;
  /** The least CPU of the quiet windows; of the three quietest ones where there were not enough. */
  readonly best: Window;
  readonly rssMegabytes: number;
}

/**
 * Measures all contenders in turns (A B A B …), so that what disturbs one disturbs the other. A round during which
 * others used more than 6 % of the machine is repeated, five times in all.
 */
export async function measureInTurns(
  contenders: readonly Contender[],
  load: Load,
  quiet: Quiet,
  say: (line: string) => void,
  shape: WindowShape = {},
): Promise<Measurement[]> {
  const windows = new Map<Contender, Window[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < ROUNDS + EXTRA_ROUNDS && !enough([...windows.values()]); round += 1) {
    for (const [contender, seen] of windows) {
      if (quietOnes(seen).length >= ROUNDS) continue;
      await quiet.wait();
      const window = await load.window(orderFor(contender, seen.length === 0, shape));
      seen.push(window);
      say(describe(contender.server.name, window));
    }
  }
  return contenders.map((contender) => conclude(contender, windows.get(contender) ?? []));
}

/** CPU of the server for one request, in microseconds. */
export const microsecondsPerRequest = ({ cpuNanoseconds, requests }: Window): number =>
  cpuNanoseconds / requests / 1_000;

/** A row of a table: name, CPU µs, rate, p50, p99, RSS. */
export function toCells({ name, best, rssMegabytes }: Measurement): string[] {
  const rate = (best.requests / best.seconds).toFixed(0);
  const cpu = microsecondsPerRequest(best).toFixed(1);
  return [name, cpu, rate, best.p50Ms.toFixed(1), best.p99Ms.toFixed(1), rssMegabytes.toFixed(0)];
}

/** What to say of a measurement that others disturbed; nothing where there were enough quiet windows. */
export function disturbances({ name, quiet, windows, best }: Measurement): string[] {
  if (quiet >= ROUNDS) return [];
  return [
    `${name}: only ${quiet} of ${windows.length} windows had other load below ${MOST_OTHER_LOAD * 100} %; the best of ` +
      `the quietest three counts, with ${(best.otherLoad * 100).toFixed(0)} %`,
  ];
}

const quietOnes = (windows: readonly Window[]): Window[] =>
  windows.filter(({ otherLoad }) => otherLoad <= MOST_OTHER_LOAD);

const enough = (all: readonly (readonly Window[])[]): boolean =>
  all.every((windows) => quietOnes(windows).length >= ROUNDS);

function orderFor({ server, requests }: Contender, first: boolean, shape: WindowShape) {
  const { origin, pid } = server;
  return {
    origin,
    pid,
    requests: typeof requests === 'function' ? requests() : requests,
    connections: CONNECTIONS,
    warmUpMs: first ? FIRST_WARM_UP_MS : WARM_UP_MS,
    windowMs: WINDOW_MS,
    ...shape,
  };
}

function conclude({ server }: Contender, windows: readonly Window[]): Measurement {
  const quiet = quietOnes(windows);
  const quietest = windows.toSorted((a, b) => a.otherLoad - b.otherLoad).slice(0, ROUNDS);
  const [best] = (quiet.length >= ROUNDS ? quiet : quietest).toSorted(
    (a, b) => microsecondsPerRequest(a) - microsecondsPerRequest(b),
  );
  if (best === undefined) throw new Error(`${server.name} was never measured`);
  return { name: server.name, windows, quiet: quiet.length, best, rssMegabytes: server.rssMegabytes };
}

function describe(name: string, window: Window): string {
  const micros = microsecondsPerRequest(window).toFixed(1);
  const other = (window.otherLoad * 100).toFixed(1);
  const verdict = window.otherLoad <= MOST_OTHER_LOAD ? '' : ', too much: once more if there is time';
  return `${name}: ${micros} µs a request, other load ${other} %${verdict}`;
}
