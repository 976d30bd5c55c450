import { metric, result, watch } from './alarm';
import type { Bucket } from './bucket';
import { idOf, named, serviceRole } from './names';
import type { StagePolicy } from './stage';

const NAMESPACE = 'LoopinAudit';
const AT_HAND_DAYS = 90;

/** What the strategy wants to hear of, as CloudTrail writes it. */
const EVENTS = {
  'audit-unauthorized': {
    says: 'Somebody tried what they may not, over 5 times in 5 minutes',
    pattern: '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
    over: 5,
  },
  'audit-privileges': {
    says: 'Somebody changed who may do what, outside a deployment',
    pattern: `{ ($.eventSource = "iam.amazonaws.com") && (${[
      'AttachRolePolicy',
      'AttachUserPolicy',
      'PutRolePolicy',
      'PutUserPolicy',
      'CreatePolicyVersion',
      'UpdateAssumeRolePolicy',
      'CreateAccessKey',
      'CreateLoginProfile',
      'DeleteRolePermissionsBoundary',
    ]
      .map((name) => `($.eventName = "${name}")`)
      .join(' || ')}) && ($.userIdentity.sessionContext.sessionIssuer.userName != "loopin-*-deploy") }`,
    over: 0,
  },
  'audit-root': {
    says: 'The account itself signed in',
    pattern:
      '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
    over: 0,
  },
} as const;

/** The trail's ARN, known before it exists: the bucket's policy names it. */
export function trailArn(): $util.Output<string> {
  const { accountId } = aws.getCallerIdentityOutput();
  return $interpolate`arn:aws:cloudtrail:${aws.getRegionOutput().region}:${accountId}:trail/${named('trail')}`;
}

/** Every call to AWS of the whole account: 90 days to search, 7 years in the archive, and three alarms. */
export function createAudit(
  { ownsAccount }: StagePolicy,
  archive: Bucket,
  topic: aws.sns.Topic | undefined,
): void {
  if (!ownsAccount) return;
  const logs = new aws.cloudwatch.LogGroup('TrailLogs', {
    name: `/trail/${named('trail')}`,
    retentionInDays: AT_HAND_DAYS,
  });
  const streams = $interpolate`${logs.arn}:*`;
  const role = serviceRole('TrailRole', 'cloudtrail.amazonaws.com', {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [streams],
  });
  new aws.cloudtrail.Trail('Trail', {
    name: named('trail'),
    s3BucketName: archive.id,
    s3KeyPrefix: 'trail',
    isMultiRegionTrail: true,
    includeGlobalServiceEvents: true,
    enableLogFileValidation: true,
    cloudWatchLogsGroupArn: streams,
    cloudWatchLogsRoleArn: role.arn,
  });
  for (const [name, { says, pattern, over }] of Object.entries(EVENTS)) {
    new aws.cloudwatch.LogMetricFilter(idOf('Count', name), {
      name,
      logGroupName: logs.name,
      pattern,
      metricTransformation: { namespace: NAMESPACE, name, value: '1', defaultValue: '0' },
    });
    const queries = [result(metric('events', NAMESPACE, name, 'Sum', {}, 300))];
    const actions = topic === undefined ? [] : [topic.arn];
    watch(name, says, { queries, over, minutes: 1 }, { runbook: 'audit', actions });
  }
}
