import type { Counter, Gauge, Histogram, MetricObjectWithValues, MetricValue, Registry } from 'prom-client';
import { type CounterName, type GaugeName, type HistogramName, METRICS, type Metric } from './catalogue';
import { type Recorder, readGauge } from './meter';

export type Snapshot = readonly MetricObjectWithValues<MetricValue<string>>[];

/** The catalogue's metrics in a registry of prom-client's. */
export class PrometheusRecorder implements Recorder {
  readonly contentType: string;
  private readonly counters = new Map<CounterName, Counter>();
  private readonly histograms = new Map<HistogramName, Histogram>();
  private readonly registry: Registry;

  constructor(private readonly prom: typeof import('prom-client')) {
    this.registry = new prom.Registry();
    this.contentType = this.registry.contentType;
    const all = Object.entries(METRICS) as [keyof typeof METRICS, Metric][];
    for (const [name, metric] of all) this.register(name, metric);
  }

  count(name: CounterName, labels: Readonly<Record<string, string>>, by: number): void {
    this.counters.get(name)?.inc(labels, by);
  }

  observe(name: HistogramName, labels: Readonly<Record<string, string>>, value: number): void {
    this.histograms.get(name)?.observe(labels, value);
  }

  /** Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  snapshot(): Promise<Snapshot> {
    return this.registry.getMetricsAsJSON();
  }

  private register(name: keyof typeof METRICS, { kind, help, labels, buckets }: Metric): void {
    const config = { name, help, labelNames: [...labels], registers: [this.registry] };
    if (kind === 'counter') this.counters.set(name as CounterName, new this.prom.Counter(config));
    if (kind === 'gauge') this.registerGauge(name as GaugeName, config);
    if (kind === 'histogram') {
      const histogram = new this.prom.Histogram({ ...config, buckets: [...(buckets ?? [])] });
      this.histograms.set(name as HistogramName, histogram);
    }
  }

  private registerGauge(name: GaugeName, config: ConstructorParameters<typeof Gauge>[0]): void {
    new this.prom.Gauge({
      ...config,
      async collect() {
        const readings = await readGauge(name);
        this.reset();
        // without labels a reset leaves a 0 that nobody read
        if (readings.length === 0) this.remove({});
        for (const { labels, value } of readings) this.set(labels, value);
      },
    });
  }
}
