import { idOf, named } from './names';

export interface Query {
  readonly id: string;
  readonly expression?: string;
  readonly returnData: boolean;
  readonly metric?: {
    readonly namespace: string;
    readonly metricName: string;
    readonly stat: string;
    readonly period: number;
    readonly dimensions: Readonly<Record<string, $util.Input<string>>>;
  };
}

/** When it is up: the last query's value stays over (or under) a line for so many periods. */
export interface Condition {
  readonly queries: readonly Query[];
  readonly over?: number;
  readonly under?: number;
  /** Periods in a row; a period is a minute unless the metric says otherwise. */
  readonly minutes: number;
  /** What silence means. */
  readonly missing?: 'notBreaching' | 'breaching' | 'ignore';
}

export interface AlarmOptions {
  /** `docs/runbooks/<runbook>.md`; by default the alarm's own name. */
  readonly runbook?: string;
  readonly actions?: readonly $util.Input<string>[];
  /** Tell when it is over as well. */
  readonly okActions?: readonly $util.Input<string>[];
}

/** One alarm, `loopin-<stage>-<slug>`; what it says names the runbook. */
export function watch(
  slug: string,
  says: string,
  when: Condition,
  options: AlarmOptions,
): aws.cloudwatch.MetricAlarm {
  const threshold = when.over ?? when.under;
  if (threshold === undefined) throw new Error(`${slug} has no threshold`);
  return new aws.cloudwatch.MetricAlarm(idOf('Alarm', slug), {
    name: named(slug),
    alarmDescription: `${says}. Runbook: docs/runbooks/${options.runbook ?? slug}.md`,
    comparisonOperator: when.over === undefined ? 'LessThanThreshold' : 'GreaterThanThreshold',
    threshold,
    evaluationPeriods: when.minutes,
    datapointsToAlarm: when.minutes,
    treatMissingData: when.missing ?? 'notBreaching',
    alarmActions: [...(options.actions ?? [])],
    okActions: [...(options.okActions ?? [])],
    metricQueries: when.queries.map((query) => ({ ...query })),
  });
}

/** One metric, a minute a point; alone in an alarm it is also its result. */
export function metric(
  id: string,
  namespace: string,
  metricName: string,
  stat: string,
  dimensions: Readonly<Record<string, $util.Input<string>>>,
  period = 60,
): Query {
  return { id, returnData: false, metric: { namespace, metricName, stat, period, dimensions } };
}

/** The same query as an alarm's result. */
export function result(query: Query): Query {
  return { ...query, returnData: true };
}

/** What an alarm compares, made of other queries. */
export function expression(id: string, text: string): Query {
  return { id, expression: text, returnData: true };
}

/** A value that another expression uses. */
export function hidden(id: string, text: string): Query {
  return { id, expression: text, returnData: false };
}
