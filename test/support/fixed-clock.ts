import { Clock } from '../../src/shared/clock';

/** Stands still until it is moved: what happens at one time happens at one time, however slow the machine is. */
export class FixedClock extends Clock {
  nowMs = Date.UTC(2026, 0, 1);

  now(): Date {
    return new Date(this.nowMs);
  }
}
