import { idOf, named, serviceRole } from './names';
import { ROTATIONS, RUNBOOK } from './rotation-table';

/** A mail when a secret's time has come that a person replaces. */
export function createRotation(topic: aws.sns.Topic | undefined): void {
  if (topic === undefined) return;
  const group = new aws.scheduler.ScheduleGroup('Rotations', { name: named('rotations') });
  const key = topic.kmsMasterKeyId.apply((arn) => arn ?? '');
  const role = serviceRole(
    'RotationsRole',
    'scheduler.amazonaws.com',
    { actions: ['sns:Publish'], resources: [topic.arn] },
    { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key] },
  );
  for (const { what, secret, days, owner } of ROTATIONS.filter(({ method }) => method === 'runbook')) {
    new aws.scheduler.Schedule(idOf('Rotate', what), {
      name: what,
      groupName: group.name,
      description: `${owner}: replace ${what}. Runbook: ${RUNBOOK}`,
      scheduleExpression: `rate(${days} days)`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: topic.arn,
        roleArn: role.arn,
        input: `${owner}: it is time to replace ${what} (loopin/${$app.stage}/${secret}). Runbook: ${RUNBOOK}`,
        retryPolicy: { maximumRetryAttempts: 5, maximumEventAgeInSeconds: 3_600 },
      },
    });
  }
}
