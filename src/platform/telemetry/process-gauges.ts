import { monitorEventLoopDelay } from 'node:perf_hooks';
import { gauge } from './meter';

/** Finer costs a wake-up more often, and an idle process should sleep. */
const RESOLUTION_MS = 50;
const NANOSECONDS = 1e9;

/** What the process itself can say: memory, and how late its event loop is. */
export function watchProcess(): void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  gauge('loopin_event_loop_lag_seconds', 'process', () => {
    const lag = (nanoseconds: number) => Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS / 1_000) || 0;
    const readings = [
      { labels: { quantile: '0.5' }, value: lag(delay.percentile(50)) },
      { labels: { quantile: '0.99' }, value: lag(delay.percentile(99)) },
      { labels: { quantile: '1' }, value: lag(delay.max) },
    ];
    delay.reset();
    return readings;
  });
  gauge('loopin_resident_bytes', 'process', () => [{ labels: {}, value: process.memoryUsage.rss() }]);
}
