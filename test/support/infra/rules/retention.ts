import { type Graph, select } from '../graph';
import { type Rule, row, rule, set } from '../rule';

interface Lifecycle {
  readonly id: string;
  readonly transitions: readonly { readonly days: number; readonly storageClass: string }[];
  readonly expiration: { readonly days: number };
}

const SEVEN_YEARS = 2557;

/** The strategy's retention table: what, where, when it moves and when it goes. */
const TABLE: readonly (readonly [bucket: string, id: string, moves: string, expires: number])[] = [
  ['Archive', 'logs', '30 INTELLIGENT_TIERING, 365 GLACIER', SEVEN_YEARS],
  ['Archive', 'audit', '30 INTELLIGENT_TIERING, 365 GLACIER', SEVEN_YEARS],
  ['Archive', 'audit_events', '30 INTELLIGENT_TIERING, 365 GLACIER', SEVEN_YEARS],
  ['Archive', 'push_deliveries', '30 INTELLIGENT_TIERING, 365 GLACIER', SEVEN_YEARS],
  ['Archive', 'webhook_events', '30 INTELLIGENT_TIERING, 365 GLACIER', SEVEN_YEARS],
  ['Archive', 'erasures', '', SEVEN_YEARS],
  ['Archive', 'trail', '90 INTELLIGENT_TIERING, 365 GLACIER', SEVEN_YEARS],
  ['EdgeLogs', 'firewall', '30 INTELLIGENT_TIERING', 365],
  ['EdgeLogs', 'balancer', '30 INTELLIGENT_TIERING', 365],
];

/** How long things are kept in every stage. */
export const RETENTION: readonly Rule[] = [
  ...TABLE.map((line) => lifecycle(...line)),
  rule(
    'logs of every container stay 30 days in CloudWatch',
    (graph) =>
      select(graph, 'LogGroup')
        .filter(
          ({ inputs }) => /^(\/ecs\/|aws-waf)/.test(String(inputs.name)) && inputs.retentionInDays !== 30,
        )
        .map(({ name }) => name),
    set('LogGroup', /^WebLogGroupweb$/, 'retentionInDays', 7),
    set('LogGroup', /^WorkerLogGroupworker$/, 'retentionInDays', 0),
  ),
  ...['Web', 'Worker', 'Migrate'].map((name) => flows(`Archive${name}`, 'archive-logs')),
  flows('ArchiveFirewall', 'firewall-logs'),
  row(
    'the archive is fed into its prefix',
    { type: 'FirehoseDeliveryStream', name: /^ArchiveStream$/ },
    'extendedS3Configuration.bucketArn',
    'arn:aws:s3:::ArchiveBucket',
  ),
  row(
    'the firewall’s into another bucket',
    { type: 'FirehoseDeliveryStream', name: /^FirewallStream$/ },
    'extendedS3Configuration.bucketArn',
    'arn:aws:s3:::EdgeLogsBucket',
  ),
];

/** What only prod keeps. */
export const RETENTION_OF_PROD: readonly Rule[] = [
  lifecycle('Backup', 'dumps', '90 GLACIER', SEVEN_YEARS),
  row('dumps leave the region', { type: 's3/bucket:Bucket', name: /^BackupBucket$/ }, 'region', 'ap-south-2'),
  row('the trail stays 90 days at hand', { type: 'LogGroup', name: /^TrailLogs$/ }, 'retentionInDays', 90),
  row(
    'the archive is locked for 7 years',
    { type: 'BucketObjectLockConfiguration', name: /^ArchiveLock$/ },
    'rule.defaultRetention.days',
    SEVEN_YEARS - 1,
  ),
  row(
    'dumps are locked while at hand',
    { type: 'BucketObjectLockConfiguration', name: /^BackupLock$/ },
    'rule.defaultRetention.days',
    90,
  ),
  rule(
    'buckets of prod outlive the stage',
    (graph) =>
      select(graph, 's3/bucket:Bucket')
        .filter((bucket) => !bucket.retainOnDelete)
        .map(({ name }) => name),
    (graph) => Object.assign(select(graph, 's3/bucket:Bucket')[0] ?? {}, { retainOnDelete: false }),
  ),
];

function lifecycle(bucket: string, id: string, moves: string, expires: number): Rule {
  const name = new RegExp(`^${bucket}Lifecycle$`);
  const indexOf = (graph: Graph) => rulesOf(graph, name).findIndex((each) => each.id === id);
  const spoil = (where: string, value: unknown) => (graph: Graph) =>
    set('BucketLifecycleConfiguration', name, `rules.${indexOf(graph)}.${where}`, value)(graph);
  return rule(
    `${bucket}/${id}: ${moves}, gone after ${expires} days`,
    (graph) => {
      const found = rulesOf(graph, name).find((each) => each.id === id);
      const steps = found?.transitions.map(({ days, storageClass }) => `${days} ${storageClass}`).join(', ');
      return steps === moves && found?.expiration.days === expires ? [] : [`${JSON.stringify(found)}`];
    },
    spoil('expiration.days', 30),
    ...(moves === '' ? [spoil('transitions', [{ days: 365, storageClass: 'GLACIER' }])] : []),
    ...(moves.match(/\d+ /g)?.map((_, index) => spoil(`transitions.${index}.days`, 1)) ?? []),
  );
}

function rulesOf(graph: Graph, name: RegExp): readonly Lifecycle[] {
  const [found] = select(graph, 'BucketLifecycleConfiguration', name);
  return (found?.inputs.rules ?? []) as readonly Lifecycle[];
}

function flows(name: string, stream: string): Rule {
  const pattern = new RegExp(`^${name}Subscription$`);
  return rule(
    `${name}: nothing is filtered out on the way to ${stream}`,
    (graph) => {
      const [found] = select(graph, 'LogSubscriptionFilter', pattern);
      const there = String(found?.inputs.destinationArn).endsWith(`${graph.app.stage}-${stream}`);
      return there && found?.inputs.filterPattern === '' ? [] : [`${JSON.stringify(found?.inputs)}`];
    },
    set('LogSubscriptionFilter', pattern, 'filterPattern', 'ERROR'),
    set('LogSubscriptionFilter', pattern, 'destinationArn', 'arn:elsewhere'),
  );
}
