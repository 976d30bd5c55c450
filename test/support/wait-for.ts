import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;

/**
 * Waits until `look` gives something truthy, and returns it. A look that throws counts as "not yet".
 * @throws Error naming `what`, and why the last look was not it, when the bound is over
 */
export async function waitFor<T>(
  what: string,
  look: () => T | Promise<T>,
  boundMs: number,
): Promise<NonNullable<T>> {
  const end = performance.now() + boundMs;
  for (let last = ''; ; ) {
    try {
      const value = await look();
      if (value) return value;
      last = JSON.stringify(value) ?? 'undefined';
    } catch (error) {
      last = String(error);
    }
    if (performance.now() > end)
      throw new Error(`${what}: not within ${boundMs} ms (last: ${last.slice(0, 500)})`);
    await delay(LOOK_EVERY_MS);
  }
}
