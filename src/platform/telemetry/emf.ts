import { type EmfSeries, METRICS, type Metric } from './catalogue';
import type { Snapshot } from './prometheus.recorder';
import { quantile } from './quantile';

export const NAMESPACE = 'Loopin';
/** Of one `Metrics` list (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html). */
const MOST_METRICS = 100;

type Value = Snapshot[number]['values'][number];
type Unit = EmfSeries['unit'];

interface Point {
  readonly unit: Unit;
  readonly value: number;
}

/**
 * What happened since the last look, as one document of CloudWatch's embedded metric format. Stage and mode are the
 * only dimensions: each further one multiplies the series, and CloudWatch bills by series.
 */
export class EmfWindow {
  /** Cumulated values of the look before, by metric and labels. */
  private before = new Map<string, number>();

  constructor(
    private readonly origin: { readonly stage: string; readonly mode: string; readonly release: string },
  ) {}

  /** @param timestamp milliseconds since the epoch */
  document(snapshot: Snapshot, timestamp: number): string {
    const points = this.points(snapshot);
    const names = Object.keys(points);
    const metrics = names.map((name) => ({ Name: name, Unit: points[name]?.unit }));
    const lists = Array.from({ length: Math.ceil(metrics.length / MOST_METRICS) }, (_, index) =>
      metrics.slice(index * MOST_METRICS, (index + 1) * MOST_METRICS),
    );
    return JSON.stringify({
      _aws: {
        Timestamp: timestamp,
        CloudWatchMetrics: lists.map((Metrics) => ({
          Namespace: NAMESPACE,
          Dimensions: [['stage', 'mode']],
          Metrics,
        })),
      },
      ...this.origin,
      ...Object.fromEntries(names.map((name) => [name, points[name]?.value])),
    });
  }

  private points(snapshot: Snapshot): Record<string, Point> {
    const points: Record<string, Point> = {};
    const now = new Map<string, number>();
    for (const { name, values } of snapshot) {
      const metric: Metric | undefined = METRICS[name as keyof typeof METRICS];
      if (metric?.emf === undefined) continue;
      const fresh = metric.kind === 'gauge' ? values : values.map((value) => this.since(name, value, now));
      for (const series of metric.emf) Object.assign(points, pointsOf(series, metric, fresh));
    }
    this.before = now;
    return points;
  }

  private since(name: string, value: Value, now: Map<string, number>): Value {
    const key = JSON.stringify([name, metricNameOf(value), value.labels]);
    now.set(key, value.value);
    return { ...value, value: value.value - (this.before.get(key) ?? 0) };
  }
}

function pointsOf(series: EmfSeries, metric: Metric, values: readonly Value[]): Record<string, Point> {
  const { name, by, where, unit } = series;
  const meant =
    where === undefined ? values : values.filter(({ labels }) => where[1].test(text(labels, where[0])));
  const groups =
    by === undefined ? new Map([['', meant]]) : Map.groupBy(meant, ({ labels }) => text(labels, by));
  const points: Record<string, Point> = {};
  for (const [label, group] of groups) {
    const value = figureOf(series, metric, group);
    if (value !== undefined) points[label === '' ? name : `${name}.${label}`] = { unit, value };
  }
  return points;
}

function figureOf({ stat, unit }: EmfSeries, { kind }: Metric, group: readonly Value[]): number | undefined {
  switch (stat) {
    case 'value':
      return group.length === 0 ? undefined : round(sum(group));
    case 'sum':
      return kind === 'counter' ? sum(group) : sum(group.filter(isCount));
    default: {
      const seconds = quantile(bucketsOf(group), stat === 'p95' ? 0.95 : 0.99);
      return seconds === undefined ? undefined : round(unit === 'Milliseconds' ? seconds * 1_000 : seconds);
    }
  }
}

/** Upper bounds and how many were at or below each, over all labels. */
function bucketsOf(group: readonly Value[]): ReadonlyMap<number, number> {
  const buckets = new Map<number, number>();
  for (const value of group) {
    const { le } = value.labels;
    if (le === undefined) continue;
    const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
    buckets.set(bound, (buckets.get(bound) ?? 0) + value.value);
  }
  return buckets;
}

const metricNameOf = (value: Value): string => ('metricName' in value ? String(value.metricName) : '');
const isCount = (value: Value): boolean => metricNameOf(value).endsWith('_count');
const sum = (values: readonly Value[]): number => values.reduce((total, { value }) => total + value, 0);
const text = (labels: Value['labels'], name: string): string => String(labels[name] ?? '');
const round = (value: number): number => Math.round(value * 1_000) / 1_000;
