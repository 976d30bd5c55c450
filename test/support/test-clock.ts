import { Clock } from '../../src/shared/clock';

/** The real time, moved at will. */
export class TestClock extends Clock {
  #offsetMs = 0;
  #stoppedAtMs: number | undefined;

  now(): Date {
    return new Date((this.#stoppedAtMs ?? Date.now()) + this.#offsetMs);
  }

  /** From now on only `forward` moves it, however slow the machine is. */
  stop(): void {
    this.#stoppedAtMs = Date.now();
  }

  forward(seconds: number): void {
    this.#offsetMs += seconds * 1000;
  }
}
