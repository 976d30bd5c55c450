import { z } from 'zod';
import type { JobType } from './job';

/** What a job that the calendar starts is told: the time it stands for, which is not the time it runs. */
export const SlotPayload = z.strictObject({ slot: z.iso.datetime() });
export type SlotPayload = z.infer<typeof SlotPayload>;

export interface Schedule {
  readonly name: string;
  /** The period. Slots begin at its multiples since 1970-01-01T00:00Z. */
  readonly everySeconds: number;
  /** How long after the beginning of its slot it is due; 0 unless said otherwise. */
  readonly offsetSeconds: number;
  readonly job: JobType<SlotPayload, unknown>;
  /**
   * What becomes of times that passed while no worker ran. `skip`: a slot that nobody took within a minute is dropped.
   * `latest`: the newest one is taken however late, those before it are dropped. `all`: each is taken, oldest first.
   */
  readonly catchUp: 'skip' | 'latest' | 'all';
}

/**
 * Declares what starts a job again and again: a line of `src/schedules.ts`.
 * @throws Error when its times make no sense
 */
export function defineSchedule(
  options: Omit<Schedule, 'offsetSeconds'> & { offsetSeconds?: number },
): Schedule {
  const schedule = { offsetSeconds: 0, ...options };
  const { name, everySeconds, offsetSeconds } = schedule;
  const inOrder = Number.isInteger(everySeconds) && everySeconds >= 1 && offsetSeconds < everySeconds;
  if (!inOrder) throw new Error(`the schedule ${name} needs whole seconds, and an offset below its period`);
  return schedule;
}
