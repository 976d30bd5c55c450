import type { CounterName } from './catalogue';
import { count } from './meter';

export interface Slo {
  /** The share of events that have to be good. */
  readonly objective: number;
  /** Over so many days. */
  readonly days: number;
  readonly total: CounterName;
  readonly good: CounterName;
  /** The same as CloudWatch knows them, in the namespace `Loopin` with the dimensions `stage` and `mode`. */
  readonly cloudWatch: { readonly total: string; readonly good: string; readonly mode: 'web' | 'worker' };
}

/** What we promise, and by which numbers it is seen. docs/slo.md is held to this by a test. */
export const SLOS = {
  api: {
    objective: 0.999,
    days: 30,
    total: 'loopin_slo_api_total',
    good: 'loopin_slo_api_good_total',
    cloudWatch: { total: 'SloApiTotal', good: 'SloApiGood', mode: 'web' },
  },
  push: {
    objective: 0.995,
    days: 30,
    total: 'loopin_slo_push_total',
    good: 'loopin_slo_push_good_total',
    cloudWatch: { total: 'SloPushTotal', good: 'SloPushGood', mode: 'worker' },
  },
  jobs: {
    objective: 0.99,
    days: 30,
    total: 'loopin_slo_jobs_total',
    good: 'loopin_slo_jobs_good_total',
    cloudWatch: { total: 'SloJobsTotal', good: 'SloJobsGood', mode: 'worker' },
  },
} as const satisfies Record<string, Slo>;

export type SloName = keyof typeof SLOS;

export interface BurnRate {
  /** Both windows have to burn: the long one says that it matters, the short one that it still goes on. */
  readonly longMinutes: number;
  readonly shortMinutes: number;
  /** How many times faster than the objective allows the error budget is spent. */
  readonly factor: number;
  readonly severity: 'page' | 'ticket';
}

const HOUR = 60;
const DAY = 24 * HOUR;

/** https://sre.google/workbook/alerting-on-slos/, "Multiwindow, Multi-Burn-Rate Alerts". */
export const BURN_RATES = [
  { longMinutes: HOUR, shortMinutes: 5, factor: 14.4, severity: 'page' },
  { longMinutes: 6 * HOUR, shortMinutes: 30, factor: 6, severity: 'page' },
  { longMinutes: 3 * DAY, shortMinutes: 6 * HOUR, factor: 1, severity: 'ticket' },
] as const satisfies readonly BurnRate[];

const NO_LABELS = {};

/** One more event of an objective. */
export function countEvent(name: SloName, good: boolean): void {
  count(SLOS[name].total, NO_LABELS);
  if (good) count(SLOS[name].good, NO_LABELS);
}

/** The share of bad events at which an alarm is due. */
export const errorShareOf = (slo: Slo, burn: BurnRate): number => (1 - slo.objective) * burn.factor;
