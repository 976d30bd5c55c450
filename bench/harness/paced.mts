import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from './caller.mts';

/**
 * So many calls a second, whether or not the earlier ones were answered: a crowd does not wait its turn. Each is timed
 * from when it was due, so that a server which keeps callers waiting does not look better by getting fewer calls.
 * @returns all calls, once the last is answered
 */
export async function paced(
  perSecond: number,
  milliseconds: number,
  call: (index: number, dueAt: number) => Promise<Call>,
): Promise<Call[]> {
  const calls: Promise<Call>[] = [];
  const begin = performance.now();
  const total = Math.round((perSecond * milliseconds) / 1_000);
  while (calls.length < total) {
    const dueAt = begin + (calls.length * 1_000) / perSecond;
    const early = dueAt - performance.now();
    if (early > 1) await delay(early);
    calls.push(call(calls.length, dueAt));
  }
  return Promise.all(calls);
}

/** The time that so many percent of the calls stayed below, in milliseconds. */
export function percentile(calls: readonly Call[], percent: number): number {
  const sorted = calls.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

export const slowest = (calls: readonly Call[]): number =>
  calls.reduce((longest, { milliseconds }) => Math.max(longest, milliseconds), 0);

/** How many calls had each status, `no answer` among them. */
export function countByStatus(calls: readonly Call[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status } of calls) {
    const name = status === 0 ? 'no answer' : String(status);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
