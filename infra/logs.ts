import { type Bucket, privateBucket } from './bucket';
import { idOf, logGroupOf, named, serviceRole } from './names';
import type { StagePolicy } from './stage';

/** Days until something leaves where it is at hand, is frozen, and is forgotten: 7 years, or one for the firewall's. */
const AT_HAND = 30;
const TRAIL_AT_HAND = 90;
const TO_GLACIER = 365;
const SEVEN_YEARS = 2557;
const ONE_YEAR = 365;
/** The account from which the balancers of ap-south-1 write their logs. */
const BALANCERS_ACCOUNT = '718504428378';

/** What the worker archives: seals of the audit, and months of its tables. A test compares it with what it writes. */
const ARCHIVED_PREFIXES = ['audit/', 'audit_events/', 'push_deliveries/', 'webhook_events/'];
/** Who was erased: read in full after a restore, so it never goes where reading takes hours. It outlives every backup. */
const LEDGER_PREFIX = 'erasures/';
export const APPLICATION_PREFIXES = [...ARCHIVED_PREFIXES, LEDGER_PREFIX];

/** Seven years that nobody can shorten: logs, the trail, and what the application archives. */
export function createArchive(policy: StagePolicy, trail: $util.Input<string>): Bucket {
  const years = { glacierAfter: TO_GLACIER, expireAfter: SEVEN_YEARS };
  return privateBucket('Archive', policy, {
    lockedDays: SEVEN_YEARS - 1,
    lifecycles: [
      { prefix: 'logs/', intelligentTieringAfter: AT_HAND, ...years },
      ...ARCHIVED_PREFIXES.map((prefix) => ({ prefix, intelligentTieringAfter: AT_HAND, ...years })),
      { prefix: LEDGER_PREFIX, expireAfter: SEVEN_YEARS },
      { prefix: 'trail/', intelligentTieringAfter: TRAIL_AT_HAND, ...years },
    ],
    statements: (arn) => (policy.ownsAccount ? trailMayWrite(arn, trail) : []),
  });
}

/** What the balancer and the firewall write: one year. */
export function createEdgeLogs(policy: StagePolicy): Bucket {
  return privateBucket('EdgeLogs', policy, {
    lifecycles: [
      { prefix: 'firewall/', intelligentTieringAfter: AT_HAND, expireAfter: ONE_YEAR },
      { prefix: 'balancer/', intelligentTieringAfter: AT_HAND, expireAfter: ONE_YEAR },
      { prefix: 'network/', expireAfter: ONE_YEAR },
    ],
    statements: (arn) => [
      {
        Sid: 'BalancerLogs',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${BALANCERS_ACCOUNT}:root` },
        Action: 's3:PutObject',
        Resource: $interpolate`${arn}/balancer/AWSLogs/*`,
      },
    ],
  });
}

/** Copies log groups into the archive as they are written, since CloudWatch forgets after 30 days. */
export function archiveLogs(services: readonly $util.Resource[], archive: Bucket): void {
  const river = stream('Archive', archive, 'logs/');
  for (const name of ['web', 'worker', 'migrate']) {
    flow(idOf('Archive', name), logGroupOf(name), river, services);
  }
}

/** The same for what the firewall saw. */
export function archiveFirewall(logs: aws.cloudwatch.LogGroup, edgeLogs: Bucket): void {
  flow('ArchiveFirewall', logs.name, stream('Firewall', edgeLogs, 'firewall/'), [logs]);
}

interface River {
  readonly stream: aws.kinesis.FirehoseDeliveryStream;
  readonly source: aws.iam.Role;
}

function stream(name: string, bucket: Bucket, prefix: string): River {
  const writer = serviceRole(`${name}Writer`, 'firehose.amazonaws.com', {
    actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
    resources: [$interpolate`${bucket.arn}/${prefix}*`],
  });
  const delivery = new aws.kinesis.FirehoseDeliveryStream(`${name}Stream`, {
    name: named(`${name.toLowerCase()}-logs`),
    destination: 'extended_s3',
    serverSideEncryption: { enabled: true },
    extendedS3Configuration: {
      bucketArn: bucket.arn,
      roleArn: writer.arn,
      prefix: `${prefix}!{timestamp:yyyy/MM/dd}/`,
      errorOutputPrefix: `${prefix}failed/!{firehose:error-output-type}/`,
      bufferingSize: 64,
      bufferingInterval: 900,
      // CloudWatch's records come compressed
      compressionFormat: 'UNCOMPRESSED',
    },
  });
  const source = serviceRole(`${name}Source`, 'logs.amazonaws.com', {
    actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
    resources: [delivery.arn],
  });
  return { stream: delivery, source };
}

function flow(
  name: string,
  logGroup: $util.Input<string>,
  to: River,
  dependsOn: readonly $util.Resource[],
): void {
  new aws.cloudwatch.LogSubscriptionFilter(
    `${name}Subscription`,
    { logGroup, filterPattern: '', destinationArn: to.stream.arn, roleArn: to.source.arn },
    { dependsOn: [...dependsOn] },
  );
}

function trailMayWrite(arn: $util.Output<string>, trail: $util.Input<string>): object[] {
  const Principal = { Service: 'cloudtrail.amazonaws.com' };
  const ours = { 'aws:SourceArn': trail };
  return [
    {
      Sid: 'TrailReadsAcl',
      Effect: 'Allow',
      Principal,
      Action: 's3:GetBucketAcl',
      Resource: arn,
      Condition: { StringEquals: ours },
    },
    {
      Sid: 'TrailWrites',
      Effect: 'Allow',
      Principal,
      Action: 's3:PutObject',
      Resource: $interpolate`${arn}/trail/AWSLogs/*`,
      Condition: { StringEquals: { ...ours, 's3:x-amz-acl': 'bucket-owner-full-control' } },
    },
  ];
}
