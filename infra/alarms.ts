import { type Condition, expression, metric, result, watch } from './alarm';
import { shareOf } from './deploy-alarms';
import type { Edge } from './edge';
import { RULES } from './firewall';
import { named } from './names';
import type { Queues } from './queues';
import type { StagePolicy } from './stage';

const HOUR_SECONDS = 3_600;
/** Burning a month's error budget of 0.1 % in two days, or in five. */
const FAST_BURN_PERCENT = 1.44;
const SLOW_BURN_PERCENT = 0.6;

export interface Watched {
  readonly policy: StagePolicy;
  readonly topic: aws.sns.Topic;
  readonly edge: Edge;
  readonly queues: Queues;
  readonly cache: sst.aws.Redis;
  readonly cluster: $util.Output<string>;
  readonly certificate: $util.Output<string>;
}

/** What wakes people. Each has a runbook of its name unless it says another. */
export function createAlarms(watched: Watched): void {
  const tell = (slug: string, says: string, when: Condition, runbook?: string) =>
    watch(slug, says, when, {
      actions: [watched.topic.arn],
      okActions: [watched.topic.arn],
      ...(runbook === undefined ? {} : { runbook }),
    });
  watchObjectives(watched, tell);
  watchQueues(watched, tell);
  watchEdge(watched, tell);
  watchTasks(watched, tell);
  watchCache(watched, tell);
}

type Tell = (slug: string, says: string, when: Condition, runbook?: string) => void;

/** One alarm or two for each line of the objectives' table. */
function watchObjectives({ edge, queues }: Watched, tell: Tell): void {
  const LoadBalancer = edge.balancer.nodes.loadBalancer.arnSuffix;
  const count = (id: string, name: string, period: number) =>
    metric(id, 'AWS/ApplicationELB', name, 'Sum', { LoadBalancer }, period);
  const burning = (period: number) => [
    count('requests', 'RequestCount', period),
    count('ours', 'HTTPCode_Target_5XX_Count', period),
    count('theirs', 'HTTPCode_ELB_5XX_Count', period),
    expression('share', shareOf('FILL(ours, 0) + FILL(theirs, 0)', 'requests')),
  ];
  tell(
    'slo-api-fast',
    'API: over 1.44 % of an hour failed',
    { queries: burning(HOUR_SECONDS), over: FAST_BURN_PERCENT, minutes: 1 },
    'slo-api',
  );
  tell(
    'slo-api-slow',
    'API: over 0.6 % of six hours failed',
    { queries: burning(6 * HOUR_SECONDS), over: SLOW_BURN_PERCENT, minutes: 1 },
    'slo-api',
  );
  const oldest = (queue: Queues['push']) =>
    result(
      metric('age', 'AWS/SQS', 'ApproximateAgeOfOldestMessage', 'Maximum', {
        QueueName: queue.main.nodes.queue.name,
      }),
    );
  tell('slo-push', 'Pushes wait over 5 minutes, for 10 minutes', {
    queries: [oldest(queues.push)],
    over: 300,
    minutes: 10,
  });
  tell('slo-jobs', 'Background jobs wait over 15 minutes, for 15 minutes', {
    queries: [oldest(queues.jobs)],
    over: 900,
    minutes: 15,
  });
  tell(
    'webhook-age',
    'Webhook events wait over 15 minutes, for 15 minutes',
    { queries: [oldest(queues.webhook)], over: 900, minutes: 15 },
    'slo-jobs',
  );
  const away = result(metric('away', 'Loopin', `database-away-${$app.stage}`, 'Sum', {}));
  tell('slo-database', 'A worker found no database for 3 minutes', { queries: [away], over: 0, minutes: 3 });
}

/** Dead letters must be none; depth over what ten minutes of full scaling take away. */
function watchQueues({ queues }: Watched, tell: Tell): void {
  for (const [name, { main, dead }] of Object.entries(queues)) {
    const depth = (queue: sst.aws.Queue) =>
      result(
        metric('depth', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum', {
          QueueName: queue.nodes.queue.name,
        }),
      );
    tell(
      `${name}-dead-letters`,
      `Dead letters of ${name} for 15 minutes: nobody drains them`,
      { queries: [depth(dead)], over: 0, minutes: 15 },
      'dead-letters',
    );
    tell(
      `${name}-depth`,
      `Over 5000 messages of ${name} for 10 minutes`,
      { queries: [depth(main)], over: 5_000, minutes: 10 },
      'queue-depth',
    );
  }
}

function watchEdge({ edge, certificate }: Watched, tell: Tell): void {
  const LoadBalancer = edge.balancer.nodes.loadBalancer.arnSuffix;
  const refused = metric('refused', 'AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count', 'Sum', { LoadBalancer });
  tell('balancer-5xx', 'The balancer itself answered over 10 times 5xx a minute for 3 minutes', {
    queries: [result(refused)],
    over: 10,
    minutes: 3,
  });
  const days = metric(
    'days',
    'AWS/CertificateManager',
    'DaysToExpiry',
    'Minimum',
    { CertificateArn: certificate },
    24 * HOUR_SECONDS,
  );
  tell('certificate-expiry', 'The certificate ends in under 30 days', {
    queries: [result(days)],
    under: 30,
    minutes: 1,
  });
  const stopped = (rule: string) =>
    result(
      metric('stopped', 'AWS/WAFV2', 'BlockedRequests', 'Sum', {
        WebACL: named('firewall'),
        Region: aws.getRegionOutput().region,
        Rule: rule,
      }),
    );
  tell(
    'firewall-rate',
    'The firewall stopped over 500 requests a minute by rate for 5 minutes',
    { queries: [stopped(RULES.rateByIp)], over: 500, minutes: 5 },
    'firewall',
  );
  tell(
    'firewall-auth-rate',
    'The firewall stopped over 100 sign-in requests a minute for 5 minutes',
    { queries: [stopped(RULES.rateOfAuth)], over: 100, minutes: 5 },
    'firewall',
  );
  tell(
    'firewall-sqli',
    'The firewall stopped over 10 SQL injections in a minute',
    { queries: [stopped(RULES.sqli)], over: 10, minutes: 1 },
    'firewall',
  );
}

/** Beyond what scaling mends by itself. */
function watchTasks({ cluster }: Watched, tell: Tell): void {
  for (const service of ['web', 'worker']) {
    const use = (name: string) =>
      result(
        metric('use', 'AWS/ECS', name, 'Average', { ClusterName: cluster, ServiceName: named(service) }),
      );
    tell(
      `${service}-cpu`,
      `CPU of ${service} over 90 % for 15 minutes, in spite of scaling`,
      { queries: [use('CPUUtilization')], over: 90, minutes: 15 },
      'busy-tasks',
    );
    tell(
      `${service}-memory`,
      `Memory of ${service} over 90 % for 10 minutes`,
      { queries: [use('MemoryUtilization')], over: 90, minutes: 10 },
      'busy-tasks',
    );
    const running = metric('running', 'AWS/ECS', 'CPUUtilization', 'SampleCount', {
      ClusterName: cluster,
      ServiceName: named(service),
    });
    tell(
      `${service}-gone`,
      `No task of ${service} runs for 5 minutes`,
      { queries: [result(running)], under: 1, minutes: 5, missing: 'breaching' },
      'no-tasks',
    );
  }
}

function watchCache({ policy }: Watched, tell: Tell): void {
  const nodes = Array.from({ length: policy.cache.nodes }, (_, index) => `${named('cache')}-00${index + 1}`);
  const worst = (name: string) => [
    ...nodes.map((CacheClusterId, index) =>
      metric(`n${index}`, 'AWS/ElastiCache', name, 'Maximum', { CacheClusterId }),
    ),
    expression('worst', `MAX([${nodes.map((_, index) => `n${index}`).join(', ')}])`),
  ];
  tell(
    'cache-memory',
    'Memory of the cache over 80 % for 10 minutes',
    { queries: worst('DatabaseMemoryUsagePercentage'), over: 80, minutes: 10 },
    'cache',
  );
  tell(
    'cache-cpu',
    'CPU of the cache over 80 % for 10 minutes',
    { queries: worst('EngineCPUUtilization'), over: 80, minutes: 10 },
    'cache',
  );
}
