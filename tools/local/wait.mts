import { setTimeout as delay } from 'node:timers/promises';
import { LocalStackError } from './failure.mts';

export interface WaitOptions {
  /** Ends the waiting with an error after so many milliseconds. */
  readonly timeoutMs: number;
  /** Pause between two looks, in milliseconds. */
  readonly everyMs?: number;
  /** Looked at before each probe: a message here ends the waiting at once, with that message. */
  readonly givenUp?: () => string | undefined;
}

/**
 * Waits until `probe` gives something truthy, and returns it. A probe that throws counts as "not yet".
 * @throws LocalStackError naming `what` when the time is over or the wait was given up.
 */
export async function waitFor<T>(
  what: string,
  probe: () => T | Promise<T>,
  options: WaitOptions,
): Promise<NonNullable<T>> {
  const end = performance.now() + options.timeoutMs;
  for (;;) {
    const reason = options.givenUp?.();
    if (reason) throw new LocalStackError(`${what}: ${reason}`);
    const value = await attempt(probe);
    if (value) return value;
    if (performance.now() > end) throw new LocalStackError(`${what}: nothing after ${options.timeoutMs} ms`);
    await delay(options.everyMs ?? 25);
  }
}

async function attempt<T>(probe: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await probe();
  } catch {
    return undefined;
  }
}
