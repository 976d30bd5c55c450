import { MINUTE } from '../../shared/clock';

const STEPS_SECONDS = [10, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE];
const JITTER = 0.2;

/**
 * How long a failed message stays hidden: 10 s, 1, 5, 15, 30 min, each ±20 %.
 * @param receives how often the queue has delivered it, 1 at first
 * @param random from 0 to 1
 * @param steps others than these, in seconds
 * @returns whole seconds
 */
export function backOffSeconds(
  receives: number,
  random = Math.random(),
  steps: readonly number[] = STEPS_SECONDS,
): number {
  const step = steps[Math.min(receives, steps.length) - 1] ?? 10;
  return Math.round(step * (1 - JITTER + 2 * JITTER * random));
}
