import { named } from './names';
import type { StagePolicy } from './stage';

/** Alarms; the mails about secrets go out under a role of ours. */
const PUBLISHER = 'cloudwatch.amazonaws.com';

/**
 * Where alarms go: a topic with a mail address. Its key is our own, because CloudWatch may not use Amazon's.
 * @returns nothing where a stage wakes nobody
 */
export function createAlerts({ alarms, alertEmail }: StagePolicy): aws.sns.Topic | undefined {
  if (alarms !== 'all') return undefined;
  const { accountId } = aws.getCallerIdentityOutput();
  const key = new aws.kms.Key('AlertsKey', {
    description: 'Alerts on their way to people',
    enableKeyRotation: true,
    deletionWindowInDays: 30,
    policy: $jsonStringify({
      Version: '2012-10-17',
      Statement: [
        // without it nobody could ever change the key: `*` is this key, and IAM decides who of the account
        {
          Sid: 'AccountAdministers',
          Effect: 'Allow',
          Principal: { AWS: $interpolate`arn:aws:iam::${accountId}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
        {
          Sid: 'AlarmsEncrypt',
          Effect: 'Allow',
          Principal: { Service: PUBLISHER },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
          Resource: '*',
          Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
        },
      ],
    }),
  });
  const topic = new aws.sns.Topic('Alerts', { name: named('alerts'), kmsMasterKeyId: key.arn });
  new aws.sns.TopicPolicy('AlertsPolicy', {
    arn: topic.arn,
    policy: $jsonStringify({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'AlarmsPublish',
          Effect: 'Allow',
          Principal: { Service: PUBLISHER },
          Action: 'sns:Publish',
          Resource: topic.arn,
          Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
        },
      ],
    }),
  });
  new aws.sns.TopicSubscription('AlertsByMail', {
    topic: topic.arn,
    protocol: 'email',
    endpoint: alertEmail,
  });
  return topic;
}
