import type { z } from 'zod';
import { MINUTE } from './clock';

export interface RetryPolicy {
  /** How often an attempt may fail by itself before the job has failed. */
  readonly attempts: number;
  /** Seconds to wait after the first, the second … failure, each ±20 %; the last one holds for all that follow. */
  readonly delaysSeconds: readonly number[];
}

export const USUAL_RETRY: RetryPolicy = {
  attempts: 5,
  delaysSeconds: [10, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE],
};

/** A kind of job: its name, the payload that both ends check, and what becomes of one that fails. */
export interface JobType<Payload, State = never> {
  readonly name: string;
  readonly payload: z.ZodType<Payload>;
  readonly retry: RetryPolicy;
  /** What a checkpoint holds; undefined where the job is too short for one. */
  readonly checkpoint: z.ZodType<State> | undefined;
  readonly key: ((payload: Payload) => string) | undefined;
}

interface JobOptions<Payload, State> {
  readonly retry?: Partial<RetryPolicy>;
  /** The schema of a checkpoint, which the next attempt goes on from. */
  readonly checkpoint?: z.ZodType<State>;
  /** One open job a key: enqueueing a second one gives the first. Once that is over, whatever its end, a new one may come. */
  readonly key?: (payload: Payload) => string;
}

/**
 * Declares a job once for whoever enqueues it and its handler. Its payload holds ids: nothing secret or personal.
 * @example const Reindex = defineJob('note.reindex', z.strictObject({ noteId: idSchema<'Note'>() }));
 */
export function defineJob<Payload, State = never>(
  name: string,
  payload: z.ZodType<Payload>,
  { retry, checkpoint, key }: JobOptions<Payload, State> = {},
): JobType<Payload, State> {
  return { name, payload, retry: { ...USUAL_RETRY, ...retry }, checkpoint, key };
}
