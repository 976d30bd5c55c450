import type { Answer } from './api';

/** How long a call usually takes, in milliseconds: the longest one says more of the machine than of us. */
export function medianMs(answers: readonly Answer[]): number {
  const durations = answers.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  return durations[Math.floor(durations.length / 2)] ?? Number.NaN;
}
