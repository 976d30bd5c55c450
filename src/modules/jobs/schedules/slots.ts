import type { Schedule } from '../../../shared/schedule';

/** Seconds that a slot with `skip` may be late, where its period is no shorter. */
const GRACE_SECONDS = 60;
/** Of `all`: more than this was missed by nobody who still wants it. */
const MOST_CAUGHT_UP = 1_000;

/** The slot that a time is in: the time truncated to the schedule's period. */
export function slotOf({ everySeconds }: Schedule, time: Date): Date {
  const period = everySeconds * 1000;
  return new Date(Math.floor(time.getTime() / period) * period);
}

/** The newest slot whose time has come. */
export const currentSlot = (schedule: Schedule, now: Date): Date =>
  slotOf(schedule, new Date(now.getTime() - schedule.offsetSeconds * 1000));

/**
 * The slots that may be taken now, oldest first; whether one was taken before decides its row.
 * @param newest the newest slot up to now that was ever taken
 * @param ticked the slot that a message names, which may have waited long
 */
export function dueSlots(schedule: Schedule, now: Date, newest: Date | undefined, ticked?: Date): Date[] {
  const current = currentSlot(schedule, now);
  if (schedule.catchUp === 'skip') return isLate(schedule, ticked ?? current, now) ? [] : [ticked ?? current];
  if (schedule.catchUp === 'latest' || newest === undefined) return [later(current, ticked)];
  return [...between(schedule, newest, current), ...(ticked === undefined ? [] : [ticked])];
}

/** How many slots of `all` are too old to be caught up. */
export function droppedSlots(schedule: Schedule, now: Date, newest: Date | undefined): number {
  if (schedule.catchUp !== 'all' || newest === undefined) return 0;
  const missed = (currentSlot(schedule, now).getTime() - newest.getTime()) / (schedule.everySeconds * 1000);
  return Math.max(0, missed - MOST_CAUGHT_UP);
}

function isLate({ everySeconds, offsetSeconds }: Schedule, slot: Date, now: Date): boolean {
  const lateMs = now.getTime() - slot.getTime() - offsetSeconds * 1000;
  return lateMs >= Math.min(everySeconds, GRACE_SECONDS) * 1000;
}

/** A tick may come some milliseconds before this machine's clock says so. */
const later = (current: Date, ticked: Date | undefined): Date =>
  ticked !== undefined && ticked > current ? ticked : current;

function between({ everySeconds }: Schedule, after: Date, until: Date): Date[] {
  const period = everySeconds * 1000;
  const missed = Math.min(Math.round((until.getTime() - after.getTime()) / period), MOST_CAUGHT_UP);
  return Array.from(
    { length: Math.max(0, missed) },
    (_, index) => new Date(until.getTime() - (missed - 1 - index) * period),
  );
}
