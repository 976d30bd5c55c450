import { Clock } from '../../src/shared/clock';

/** The real time, moved at will. */
export class TestClock extends Clock {
  #offsetMs = 0;

  now(): Date {
    return new Date(Date.now() + this.#offsetMs);
  }

  forward(seconds: number): void {
    this.#offsetMs += seconds * 1000;
  }
}
