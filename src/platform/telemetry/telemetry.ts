import { recordWith } from './meter';
import { watchProcess } from './process-gauges';
import { PrometheusRecorder } from './prometheus.recorder';

export type { PrometheusRecorder } from './prometheus.recorder';

let kept: PrometheusRecorder | undefined;

/** Begins to keep numbers; prom-client is loaded only then. Called once, before anything that may be counted. */
export async function startMetrics(kind: 'off' | 'prometheus' | 'emf'): Promise<void> {
  if (kind === 'off') return;
  kept = new PrometheusRecorder(await import('prom-client'));
  recordWith(kept);
  watchProcess();
}

/** Undefined where METRICS=off. */
export const recorder = (): PrometheusRecorder | undefined => kept;
