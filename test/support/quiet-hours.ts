import { Temporal } from 'temporal-polyfill';

/** Quiet hours as a model: the reference that the SQL is compared with. */
export interface QuietHours {
  /** `HH:MM`. */
  readonly start: string;
  readonly end: string;
  readonly timezone: string;
}

/** Whether the wall clock shows a time within the quiet hours. */
export function isQuiet(at: Date, quiet: QuietHours): boolean {
  return shows(zoned(at, quiet), quiet);
}

/** The first instant after `at` that is outside its quiet hours; null when `at` is outside itself. */
export function quietUntil(at: Date, quiet: QuietHours): Date | null {
  let moment = zoned(at, quiet);
  if (!shows(moment, quiet)) return null;
  while (shows(moment, quiet)) {
    const end = nextEnd(moment, quiet.end);
    const change = moment.getTimeZoneTransition('next');
    moment = change !== null && change.epochNanoseconds < end.epochNanoseconds ? change : end;
  }
  return new Date(moment.epochMilliseconds);
}

const zoned = (at: Date, { timezone }: QuietHours) =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timezone);

function shows(moment: Temporal.ZonedDateTime, { start, end }: QuietHours): boolean {
  const time = moment.toPlainTime();
  const started = Temporal.PlainTime.compare(time, start) >= 0;
  const ended = Temporal.PlainTime.compare(time, end) >= 0;
  return Temporal.PlainTime.compare(start, end) <= 0 ? started && !ended : started || !ended;
}

/** When the clock would show the end next, if nobody changed it on the way. */
function nextEnd(moment: Temporal.ZonedDateTime, end: string): Temporal.ZonedDateTime {
  const until = moment.toPlainTime().until(Temporal.PlainTime.from(end), { largestUnit: 'hours' });
  return moment.add(until.sign > 0 ? until : until.add({ hours: 24 }));
}
