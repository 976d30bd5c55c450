import { type AlarmOptions, expression, metric, result, watch } from './alarm';
import type { Edge } from './edge';
import { idOf, logGroupOf } from './names';

/** Requests a minute below which a share of them means nothing. */
const ENOUGH = 20;
const NAMESPACE = 'Loopin';

export interface Rollback {
  readonly web: readonly $util.Output<string>[];
  readonly worker: readonly $util.Output<string>[];
}

/** What takes a deployment back while it bakes, and wakes people at any other time. */
export function createDeployAlarms(edge: Edge, topic: aws.sns.Topic | undefined): Rollback {
  const tell = topic === undefined ? {} : { actions: [topic.arn], okActions: [topic.arn] };
  const LoadBalancer = edge.balancer.nodes.loadBalancer.arnSuffix;
  const balancer = (id: string, name: string, stat: string) =>
    metric(id, 'AWS/ApplicationELB', name, stat, { LoadBalancer });
  const requests = balancer('requests', 'RequestCount', 'Sum');
  const errors = balancer('errors', 'HTTPCode_Target_5XX_Count', 'Sum');
  const failing = watch(
    'web-5xx',
    'Over 1 % of requests answered 5xx for 3 minutes',
    {
      queries: [requests, errors, expression('share', shareOf('FILL(errors, 0)', 'requests'))],
      over: 1,
      minutes: 3,
    },
    tell,
  );
  const slow = watch(
    'web-latency',
    'p95 of answers over 1 s for 5 minutes',
    { queries: [result(balancer('p95', 'TargetResponseTime', 'p95'))], over: 1, minutes: 5 },
    tell,
  );
  const sick = (id: string, group: aws.lb.TargetGroup) =>
    metric(id, 'AWS/ApplicationELB', 'UnHealthyHostCount', 'Maximum', {
      LoadBalancer,
      TargetGroup: group.arnSuffix,
    });
  const unhealthy = watch(
    'web-unhealthy',
    'A web task fails its health check for 5 minutes',
    {
      queries: [
        sick('blue', edge.blue),
        sick('green', edge.green),
        expression('sick', 'FILL(blue, 0) + FILL(green, 0)'),
      ],
      over: 0,
      minutes: 5,
    },
    tell,
  );
  const worker = topic === undefined ? [] : [watchWorker(tell).name];
  return { web: [failing, slow, unhealthy].map(({ name }) => name), worker };
}

/** A worker that starts and fails at its work; that it starts at all is the circuit breaker's to see. */
function watchWorker(tell: AlarmOptions): aws.cloudwatch.MetricAlarm {
  const errors = metric('errors', NAMESPACE, `worker-errors-${$app.stage}`, 'Sum', {});
  const says = 'The worker logs over 20 errors a minute for 5 minutes';
  return watch('worker-errors', says, { queries: [result(errors)], over: 20, minutes: 5 }, tell);
}

/** Share of `some` in `all` in percent, once there are enough to speak of a share. */
export function shareOf(some: string, all: string): string {
  return `IF(FILL(${all}, 0) >= ${ENOUGH}, 100 * (${some}) / ${all}, 0)`;
}

/** Lines of the services' logs as metrics: ours, because AWS counts none of them. Only where somebody is told. */
export function countLogLines(topic: aws.sns.Topic | undefined, services: readonly $util.Resource[]): void {
  if (topic === undefined) return;
  countLines('worker', 'worker-errors', '{ $.level = "error" }', services);
  countLines('worker', 'database-away', '"polling pauses until the database answers"', services);
}

function countLines(
  service: string,
  name: string,
  pattern: string,
  dependsOn: readonly $util.Resource[],
): void {
  new aws.cloudwatch.LogMetricFilter(
    idOf('Count', name),
    {
      name,
      logGroupName: logGroupOf(service),
      pattern,
      metricTransformation: {
        namespace: NAMESPACE,
        name: `${name}-${$app.stage}`,
        value: '1',
        defaultValue: '0',
      },
    },
    { dependsOn: [...dependsOn] },
  );
}
