/** Business time. SQL never calls `now()`: tests and CLOCK_OFFSET_FILE move this clock, and with it every rule. */
export abstract class Clock {
  abstract now(): Date;
}

export const secondsAfter = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1000);

export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
