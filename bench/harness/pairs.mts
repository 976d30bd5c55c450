import type { Load, Window } from './load.mts';
import type { PlannedRequest } from './load-messages.mts';
import { microsecondsPerRequest } from './rounds.mts';
import type { ServerProcess } from './server-process.mts';

const CONNECTIONS = 50;
const FIRST_WARM_UP_MS = 6_000;
/** Long enough for the connections of a window to be open. */
const WARM_UP_MS = 100;
/** Short, so that whatever else the machine does mostly meets both windows of a pair. */
const WINDOW_MS = 250;
const LEAST_PAIRS = 20;
const MOST_PAIRS = 80;
/** Surer than this nobody has to be. */
const GOOD_MARGIN = 0.005;

/** Two kinds of requests to one server, side by side. */
export interface Comparison {
  /** CPU of a request of the first kind ÷ one of the second: the median of the pairs. */
  readonly ratio: number;
  /** The median of another run would lie within this of ours, 19 times of 20 (the notch of a box plot). */
  readonly margin: number;
  readonly pairs: number;
  /** The median CPU of a request of each kind, in microseconds. */
  readonly microseconds: readonly [number, number];
}

/**
 * Compares by many short windows in turns (A B, B A, …), until the difference is known to half a percent or 80 pairs
 * are measured: a busy machine needs more of them than a quiet one.
 */
export async function compareInPairs(
  server: ServerProcess,
  [first, second]: readonly [readonly PlannedRequest[], readonly PlannedRequest[]],
  load: Load,
  say: (line: string) => void,
): Promise<Comparison> {
  const windowOf = async (requests: readonly PlannedRequest[], warmUpMs = WARM_UP_MS): Promise<Window> => {
    const { origin, pid } = server;
    return load.window({ origin, pid, requests, connections: CONNECTIONS, warmUpMs, windowMs: WINDOW_MS });
  };
  for (const requests of [first, second]) await windowOf(requests, FIRST_WARM_UP_MS);
  const pairs: [number, number][] = [];
  for (let margin = 1; pairs.length < MOST_PAIRS && margin > GOOD_MARGIN; ) {
    const isTurned = pairs.length % 2 === 1;
    const [one, other] = isTurned ? [second, first] : [first, second];
    const costs = [
      microsecondsPerRequest(await windowOf(one)),
      microsecondsPerRequest(await windowOf(other)),
    ];
    const [a = 0, b = 0] = isTurned ? costs.toReversed() : costs;
    pairs.push([a, b]);
    if (pairs.length >= LEAST_PAIRS) margin = conclude(pairs).margin;
    if (pairs.length % LEAST_PAIRS === 0) say(`${pairs.length} pairs, ± ${(margin * 100).toFixed(1)} %`);
  }
  return conclude(pairs);
}

function conclude(pairs: readonly (readonly [number, number])[]): Comparison {
  const ratios = pairs.map(([a, b]) => a / b);
  const spread = quantile(ratios, 0.75) - quantile(ratios, 0.25);
  return {
    ratio: quantile(ratios, 0.5),
    margin: (1.57 * spread) / Math.sqrt(pairs.length),
    pairs: pairs.length,
    microseconds: [
      quantile(
        pairs.map(([a]) => a),
        0.5,
      ),
      quantile(
        pairs.map(([, b]) => b),
        0.5,
      ),
    ],
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
}
