/** What happens by the clock: the worker's own schedules, ticked from outside. */
export interface ScheduleEntry {
  readonly name: string;
  readonly everySeconds: number;
  /** How long after the beginning of its period. */
  readonly offsetSeconds: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** One line a schedule. A test compares it with what the worker says that it runs. */
export const SCHEDULES: readonly ScheduleEntry[] = [
  { name: 'delete-expired', everySeconds: MINUTE, offsetSeconds: 0 },
  { name: 'queue-lost-events', everySeconds: MINUTE, offsetSeconds: 0 },
  { name: 'remove-leftover-media', everySeconds: MINUTE, offsetSeconds: 0 },
  { name: 'rotate-signing-keys', everySeconds: HOUR, offsetSeconds: 7 * MINUTE },
  { name: 'warn-of-api-keys', everySeconds: HOUR, offsetSeconds: 8 * MINUTE },
  { name: 'end-silent-devices', everySeconds: HOUR, offsetSeconds: 17 * MINUTE },
  { name: 'make-audit-months', everySeconds: 6 * HOUR, offsetSeconds: 23 * MINUTE },
  { name: 'archive-months', everySeconds: HOUR, offsetSeconds: 27 * MINUTE },
  { name: 'erase-unused-accounts', everySeconds: HOUR, offsetSeconds: 37 * MINUTE },
];

/**
 * The times of a schedule, in UTC, as EventBridge Scheduler takes them.
 * @throws for a period that it can't say without drifting: whole minutes or hours that divide the next unit, or a day
 */
export function cronOf({ name, everySeconds, offsetSeconds }: ScheduleEntry): string {
  const minutes = everySeconds / MINUTE;
  const hours = minutes / 60;
  const at = { minute: (offsetSeconds / MINUTE) % 60, hour: Math.floor(offsetSeconds / HOUR) };
  if (60 % minutes === 0 && minutes < 60) return `cron(${at.minute}/${minutes} * * * ? *)`;
  if (24 % hours === 0 && hours < 24) return `cron(${at.minute} ${at.hour}/${hours} * * ? *)`;
  if (hours === 24) return `cron(${at.minute} ${at.hour} * * ? *)`;
  throw new Error(`the schedule ${name} has a period that cron can't say: ${everySeconds} s`);
}
