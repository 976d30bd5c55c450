import { setTimeout as delay } from 'node:timers/promises';
import { lookAround, otherLoad } from './proc.mts';

/** More than this and a window says more of the machine than of us. A share of all cores. */
export const MOST_OTHER_LOAD = 0.06;
const LOOK_MS = 500;
/** For one bench in all: a machine that is never quiet is measured as it is, and the report says so. */
const PATIENCE_MS = 90_000;

/** Waits for moments in which others leave the machine alone. */
export class Quiet {
  readonly #cores: number;
  #patienceMs = PATIENCE_MS;

  constructor(cores: number) {
    this.#cores = cores;
  }

  /** Returns when it is quiet, or when patience has come to an end. */
  async wait(): Promise<void> {
    while (this.#patienceMs > 0) {
      const before = lookAround();
      await delay(LOOK_MS);
      if (otherLoad(before, lookAround(), this.#cores) <= MOST_OTHER_LOAD) return;
      this.#patienceMs -= LOOK_MS;
    }
  }
}
