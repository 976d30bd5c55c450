import { named, serviceRole } from './names';
import type { Queues } from './queues';

/** What happens by the clock: the worker's own schedules, ticked from outside so that no task has to be awake. */
export interface ScheduleEntry {
  readonly name: string;
  /** EventBridge Scheduler's `rate(…)` or `cron(…)`. */
  readonly expression: string;
  readonly timezone?: string;
}

/** One line a schedule. A test compares it with what the worker says that it runs. */
export const SCHEDULES: readonly ScheduleEntry[] = [
  { name: 'expiry.sweep', expression: 'rate(1 hour)' },
  { name: 'devices.silent', expression: 'cron(30 3 * * ? *)', timezone: 'Asia/Kolkata' },
];

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
  for (const { name, expression, timezone } of SCHEDULES) {
    new aws.scheduler.Schedule(`Schedule${name.replace(/(^|\W)(\w)/g, (_match, _dot, letter: string) => letter.toUpperCase())}`, {
      name: name.replaceAll('.', '-'),
      groupName: group.name,
      description: `Tick of ${name}`,
      scheduleExpression: expression,
      scheduleExpressionTimezone: timezone ?? 'UTC',
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
