import { idOf, named, serviceRole } from './names';
import type { Queues } from './queues';
import { cronOf, SCHEDULES } from './schedule-table';

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
