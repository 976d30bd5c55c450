/** India has no summer time. */
const INDIA_MS = 5.5 * 3_600_000;

interface Window {
  /** Sunday is 0. */
  readonly days: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly words: string;
}

/** When a stage may be deployed, in hours of India; a stage that is not here at any time. */
const WINDOWS: Readonly<Record<string, Window>> = {
  prod: { days: [2, 3, 4], from: 14, to: 16, words: 'Tuesday to Thursday, 14 to 16 h IST' },
  staging: { days: [1, 2, 3, 4, 5], from: 9, to: 18, words: 'Monday to Friday, 9 to 18 h IST' },
};

/** Why a stage may not be deployed now, or undefined when it may. */
export function whyNotNow(stage: string, now: Date): string | undefined {
  const window = WINDOWS[stage];
  if (window === undefined) return undefined;
  const india = new Date(now.getTime() + INDIA_MS);
  const open = window.days.includes(india.getUTCDay());
  const hour = india.getUTCHours();
  if (open && hour >= window.from && hour < window.to) return undefined;
  return `${stage} is deployed ${window.words}`;
}
