import { type Graph, select } from '../graph';
import { type Rule, remove, row, rows, rule, set } from '../rule';

interface Alarm {
  readonly slug: string;
  readonly operator: string;
  readonly threshold: number;
  readonly minutes: number;
  readonly policy: string;
}

/** The strategy's triggers: line, how long, and which step. */
const ALARMS: readonly Alarm[] = [
  { slug: 'WebOutCpu', operator: 'GreaterThanThreshold', threshold: 70, minutes: 2, policy: 'WebOut' },
  { slug: 'WebOutMemory', operator: 'GreaterThanThreshold', threshold: 80, minutes: 2, policy: 'WebOut' },
  {
    slug: 'WebOutRequests',
    operator: 'GreaterThanThreshold',
    threshold: 1_000,
    minutes: 5,
    policy: 'WebOut',
  },
  { slug: 'WebInCpu', operator: 'LessThanThreshold', threshold: 30, minutes: 10, policy: 'WebIn' },
  { slug: 'WebInRequests', operator: 'LessThanThreshold', threshold: 100, minutes: 15, policy: 'WebIn' },
  {
    slug: 'WorkerOutDepth',
    operator: 'GreaterThanThreshold',
    threshold: 100,
    minutes: 1,
    policy: 'WorkerOut',
  },
  { slug: 'WorkerInDepth', operator: 'LessThanThreshold', threshold: 10, minutes: 5, policy: 'WorkerIn' },
];
/** Policy → how many tasks a step is and how long it rests, in seconds. */
const STEPS = {
  WebOut: [1, 60],
  WebIn: [-1, 300],
  WorkerOut: [1, 30],
  WorkerIn: [-1, 300],
} as const;
const CALM = 'IF(cpu <= 70 AND memory <= 80 AND each <= 1000, ';
const EACH = 'FILL(requests, 0) / IF(FILL(blue, 0) + FILL(green, 0) > 0, FILL(blue, 0) + FILL(green, 0), 1)';

/** The strategy's two tables of scaling. */
export const SCALING: readonly Rule[] = [
  ...ALARMS.flatMap(({ slug, operator, threshold, minutes, policy }) =>
    rows(
      `alarm ${slug}`,
      { type: 'MetricAlarm', name: new RegExp(`^Alarm${slug}$`) },
      {
        comparisonOperator: operator,
        threshold,
        evaluationPeriods: minutes,
        datapointsToAlarm: minutes,
        alarmActions: [`arn:aws:autoscaling:ap-south-1:123456789012:policy/${policy}`],
      },
    ),
  ),
  ...Object.entries(STEPS).flatMap(([name, [adjustment, cooldown]]) =>
    rows(
      `step ${name}`,
      { type: 'appautoscaling/policy:Policy', name: new RegExp(`^${name}$`) },
      {
        policyType: 'StepScaling',
        'stepScalingPolicyConfiguration.adjustmentType': 'ChangeInCapacity',
        'stepScalingPolicyConfiguration.cooldown': cooldown,
        'stepScalingPolicyConfiguration.stepAdjustments.0.scalingAdjustment': adjustment,
      },
    ),
  ),
  rule(
    'every metric of scaling has one point a minute',
    (graph) =>
      select(graph, 'MetricAlarm', /^Alarm(Web|Worker)(Out|In)/).flatMap(({ name, inputs }) =>
        (inputs.metricQueries as { metric?: { period: number } }[])
          .filter(({ metric }) => metric !== undefined && metric.period !== 60)
          .map(() => name),
      ),
    set('MetricAlarm', /^AlarmWebOutCpu$/, 'metricQueries.0.metric.period', 300),
  ),
  ...['WebInCpu', 'WebInRequests'].map((slug) =>
    rule(
      `${slug}: only while no alarm for growth is up`,
      (graph) => (lastExpression(graph, slug)?.startsWith(CALM) ? [] : [String(lastExpression(graph, slug))]),
      set('MetricAlarm', new RegExp(`^Alarm${slug}$`), 'metricQueries.6.expression', 'cpu'),
    ),
  ),
  ...['WebOutRequests', 'WebInRequests', 'WebInCpu'].map((slug) =>
    rule(
      `${slug}: requests for each healthy task`,
      (graph) => (expressions(graph, slug).includes(EACH) ? [] : expressions(graph, slug)),
      (graph) => {
        const alarm = select(graph, 'MetricAlarm', new RegExp(`^Alarm${slug}$`))[0];
        for (const query of (alarm?.inputs.metricQueries ?? []) as { expression?: string }[]) {
          if (query.expression === EACH) query.expression = 'requests';
        }
      },
    ),
  ),
  rule(
    'the worker scales by the deepest of its three queues',
    (graph) =>
      ['WorkerOutDepth', 'WorkerInDepth'].filter(
        (slug) => lastExpression(graph, slug) !== 'MAX([q0, q1, q2])',
      ),
    set('MetricAlarm', /^AlarmWorkerOutDepth$/, 'metricQueries.3.expression', 'q0'),
  ),
  rule(
    'no other way of scaling',
    (graph) =>
      select(graph, 'appautoscaling/policy:Policy').length === Object.keys(STEPS).length ? [] : ['another'],
    remove('appautoscaling/policy:Policy'),
  ),
];

/** How many tasks there are at least and at most. */
export const SCALING_OF_PROD: readonly Rule[] = [
  ...rows('web', { type: 'appautoscaling/target:Target', name: /^Web/ }, { minCapacity: 1, maxCapacity: 10 }),
  ...rows(
    'worker',
    { type: 'appautoscaling/target:Target', name: /^Worker/ },
    { minCapacity: 1, maxCapacity: 5 },
  ),
  row('web starts with one', { type: 'ecs/service:Service', name: /^Web/ }, 'desiredCount', 1),
];

function expressions(graph: Graph, slug: string): string[] {
  const alarm = select(graph, 'MetricAlarm', new RegExp(`^Alarm${slug}$`))[0];
  const queries = (alarm?.inputs.metricQueries ?? []) as { expression?: string }[];
  return queries.flatMap(({ expression }) => (expression === undefined ? [] : [expression]));
}

function lastExpression(graph: Graph, slug: string): string | undefined {
  return expressions(graph, slug).at(-1);
}
