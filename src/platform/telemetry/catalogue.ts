/** How a metric is told to CloudWatch. */
export interface EmfSeries {
  /** With the value of `by` behind a dot where there is one. */
  readonly name: string;
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds' | 'Megabytes';
  /** Of a counter or a histogram what came in a minute (`sum`, `p95`, `p99`), of a gauge what it reads. */
  readonly stat: 'sum' | 'p95' | 'p99' | 'value';
  /** One series a value of this label. */
  readonly by?: string;
  /** Only what has this label, with a value that matches. */
  readonly where?: readonly [label: string, value: RegExp];
}

export interface Metric {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
  readonly emf?: readonly EmfSeries[];
}

const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const WORK_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const LAG_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600];

/**
 * Every metric there is. A label's values come from lists of ours (routes, queues, providers, outcomes): an id or
 * anything that a caller writes never becomes one. docs/metrics.md is held to this list by a test.
 */
export const METRICS = {
  loopin_http_request_seconds: {
    kind: 'histogram',
    help: 'From the first byte of a request to the last of its answer',
    labels: ['method', 'route', 'status'],
    buckets: REQUEST_BUCKETS,
    emf: [
      { name: 'HttpRequests', unit: 'Count', stat: 'sum' },
      { name: 'HttpServerErrors', unit: 'Count', stat: 'sum', where: ['status', /^5/] },
      { name: 'HttpLatencyP95', unit: 'Milliseconds', stat: 'p95' },
      { name: 'HttpLatencyP99', unit: 'Milliseconds', stat: 'p99' },
    ],
  },
  loopin_queue_lag_seconds: {
    kind: 'histogram',
    help: 'From the event to the first attempt at its message: outbox and queue together',
    labels: ['queue'],
    buckets: LAG_BUCKETS,
    emf: [{ name: 'QueueLagP95', unit: 'Seconds', stat: 'p95', by: 'queue' }],
  },
  loopin_message_seconds: {
    kind: 'histogram',
    help: 'One attempt at a message; `postponed` by its handler, or `failed`',
    labels: ['queue', 'type', 'outcome'],
    buckets: WORK_BUCKETS,
    emf: [
      { name: 'Messages', unit: 'Count', stat: 'sum', by: 'queue' },
      { name: 'MessagesFailed', unit: 'Count', stat: 'sum', by: 'queue', where: ['outcome', /^failed$/] },
      { name: 'MessagesPostponed', unit: 'Count', stat: 'sum', where: ['outcome', /^postponed$/] },
    ],
  },
  loopin_provider_call_seconds: {
    kind: 'histogram',
    help: 'One call to somebody outside; `failed` without a clear answer',
    labels: ['provider', 'outcome'],
    buckets: WORK_BUCKETS,
    emf: [
      { name: 'ProviderCalls', unit: 'Count', stat: 'sum', by: 'provider' },
      {
        name: 'ProviderFailures',
        unit: 'Count',
        stat: 'sum',
        by: 'provider',
        where: ['outcome', /^failed$/],
      },
    ],
  },
  loopin_outbox_oldest_seconds: {
    kind: 'gauge',
    help: 'How long the oldest message that is due has been waiting to be published; 0 when none is',
    labels: [],
    emf: [{ name: 'OutboxOldest', unit: 'Seconds', stat: 'value' }],
  },
  loopin_db_pool_connections: {
    kind: 'gauge',
    help: 'Connections for transactions in use, and callers that wait for one',
    labels: ['state'],
    emf: [{ name: 'DbPool', unit: 'Count', stat: 'value', by: 'state' }],
  },
  loopin_event_loop_lag_seconds: {
    kind: 'gauge',
    help: 'How late timers were since the last reading',
    labels: ['quantile'],
    emf: [{ name: 'EventLoopLagP99', unit: 'Seconds', stat: 'value', where: ['quantile', /^0\.99$/] }],
  },
  loopin_resident_bytes: { kind: 'gauge', help: 'Memory of the process (RSS)', labels: [] },
  loopin_cache_reads_total: {
    kind: 'counter',
    help: 'Reads of the shared cache; `memory` answers while Redis is away',
    labels: ['store', 'outcome'],
    emf: [{ name: 'CacheReads', unit: 'Count', stat: 'sum', by: 'outcome' }],
  },
  loopin_breaker_open: {
    kind: 'gauge',
    help: '1 while a circuit breaker is open, 0.5 while it lets one call try',
    labels: ['breaker'],
    emf: [{ name: 'BreakerOpen', unit: 'Count', stat: 'value', by: 'breaker' }],
  },
  loopin_retention_rows_total: {
    kind: 'counter',
    help: 'Rows that were removed because their time was over',
    labels: ['table'],
    emf: [{ name: 'RetentionRows', unit: 'Count', stat: 'sum' }],
  },
  loopin_sentry_reports_total: {
    kind: 'counter',
    help: 'Reports for Sentry; `dropped` beyond the bound on their rate',
    labels: ['outcome'],
  },
  loopin_slo_api_total: {
    kind: 'counter',
    help: 'Answered requests of the API, health and metrics left out',
    labels: [],
    emf: [{ name: 'SloApiTotal', unit: 'Count', stat: 'sum' }],
  },
  loopin_slo_api_good_total: {
    kind: 'counter',
    help: 'Those whose answer was no 5xx',
    labels: [],
    emf: [{ name: 'SloApiGood', unit: 'Count', stat: 'sum' }],
  },
  loopin_slo_push_total: {
    kind: 'counter',
    help: 'Attempts at messages of the push queue that had something to do',
    labels: [],
    emf: [{ name: 'SloPushTotal', unit: 'Count', stat: 'sum' }],
  },
  loopin_slo_push_good_total: {
    kind: 'counter',
    help: 'Those that were done',
    labels: [],
    emf: [{ name: 'SloPushGood', unit: 'Count', stat: 'sum' }],
  },
  loopin_slo_jobs_total: {
    kind: 'counter',
    help: 'Attempts at jobs, and at messages of the other queues',
    labels: [],
    emf: [{ name: 'SloJobsTotal', unit: 'Count', stat: 'sum' }],
  },
  loopin_slo_jobs_good_total: {
    kind: 'counter',
    help: 'Those that were done',
    labels: [],
    emf: [{ name: 'SloJobsGood', unit: 'Count', stat: 'sum' }],
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
type OfKind<Kind extends Metric['kind']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];
export type CounterName = OfKind<'counter'>;
export type GaugeName = OfKind<'gauge'>;
export type HistogramName = OfKind<'histogram'>;
export type Labels<Name extends MetricName> = Readonly<
  Record<(typeof METRICS)[Name]['labels'][number], string>
>;
