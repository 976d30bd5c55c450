import { idOf, named, serviceRole } from './names';
import type { Queues } from './queues';

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
  { name: 'rotate-signing-keys', everySeconds: HOUR, offsetSeconds: 7 * MINUTE },
  { name: 'warn-of-api-keys', everySeconds: HOUR, offsetSeconds: 8 * MINUTE },
  { name: 'end-silent-devices', everySeconds: HOUR, offsetSeconds: 17 * MINUTE },
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

const RETRIES = 10;
/** A tick older than that is of no use: the next one does its work. */
const OLDEST_SECONDS = 3_600;

/**
 * A message `schedule.tick` in the jobs queue at each time. Its slot is the scheduled time, so that a tick that comes
 * twice runs once.
 */
export function createSchedules({ jobs }: Queues): void {
  const group = new aws.scheduler.ScheduleGroup('Schedules', { name: named('schedules') });
  const role = serviceRole('SchedulesRole', 'scheduler.amazonaws.com', {
    actions: ['sqs:SendMessage'],
    resources: [jobs.main.arn, jobs.dead.arn],
  });
  for (const schedule of SCHEDULES) {
    const { name } = schedule;
    new aws.scheduler.Schedule(idOf('Schedule', name), {
      name,
      groupName: group.name,
      description: `Tick of ${name}`,
      scheduleExpression: cronOf(schedule),
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: jobs.main.arn,
        roleArn: role.arn,
        input: JSON.stringify({
          type: 'schedule.tick',
          name,
          scheduledTime: '<aws.scheduler.scheduled-time>',
          executionId: '<aws.scheduler.execution-id>',
        }),
        retryPolicy: { maximumRetryAttempts: RETRIES, maximumEventAgeInSeconds: OLDEST_SECONDS },
        deadLetterConfig: { arn: jobs.dead.arn },
      },
    });
  }
}
