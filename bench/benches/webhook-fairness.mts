import { setTimeout as delay } from 'node:timers/promises';
import type { Report } from '../harness/report.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { WebhookBed } from './webhook-bed.mts';

const HEALTHY = 100;
const ROUNDS = 3;
const SECONDS = 20;
/** Each second so many to each, and as many to the one that hangs. */
const PER_SECOND = 2;
const PATIENCE_MS = 10_000;
const MOST_RATIO = 1.2;

interface Window {
  readonly hanging: boolean;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly count: number;
}

/** Nobody waits for who hangs. */
export const webhookFairness = {
  line: `webhooks to ${HEALTHY} receivers, without and with one more that never answers`,
  run: async (testBed: TestBed): Promise<Report> => {
    const bed = await WebhookBed.prepare(testBed);
    const paths = Array.from({ length: HEALTHY }, (_, index) => `/healthy/${index}`);
    const [hanging = '', ...healthy] = await bed.subscribe(['/hang', ...paths]);
    await bed.worker();
    await window(bed, healthy, undefined);
    const windows: Window[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const one of [undefined, hanging]) {
        const result = await window(bed, healthy, one);
        testBed.say(`${one === undefined ? 'alone' : 'beside one that hangs'}: p99 ${result.p99Ms} ms`);
        windows.push(result);
      }
    }
    await bed.close();
    return report(windows);
  },
};

async function window(
  bed: WebhookBed,
  healthy: readonly string[],
  hanging: string | undefined,
): Promise<Window> {
  await bed.forget();
  for (let second = 0; second < SECONDS; second += 1) {
    const next = delay(1_000);
    await bed.emit(healthy, HEALTHY * PER_SECOND, body());
    if (hanging !== undefined) await bed.emit([hanging], HEALTHY * PER_SECOND, body());
    await next;
  }
  const count = HEALTHY * PER_SECOND * SECONDS;
  const until = performance.now() + PATIENCE_MS;
  while ((await bed.seen(false)).length < count && performance.now() < until) await delay(100);
  const latencies = (await bed.seen(true)).sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.ceil(latencies.length * share) - 1] ?? Number.NaN;
  return { hanging: hanging !== undefined, p50Ms: at(0.5), p99Ms: at(0.99), count: latencies.length };
}

const body = (): string =>
  JSON.stringify({
    type: 'push.completed',
    timestamp: new Date().toISOString(),
    data: { notificationId: '0198f7a4-0000-7000-8000-000000000000', status: 'completed' },
  });

function report(windows: readonly Window[]): Report {
  const best = (hanging: boolean) =>
    Math.min(...windows.filter((one) => one.hanging === hanging).map(({ p99Ms }) => p99Ms));
  const missing = windows.map(({ count }) => HEALTHY * PER_SECOND * SECONDS - count);
  return {
    bench: 'webhook-fairness',
    title: `Webhooks to ${HEALTHY} receivers beside one that hangs`,
    table: {
      head: ['', 'p50 ms', 'p99 ms', 'webhooks'],
      rows: windows.map(({ hanging, p50Ms, p99Ms, count }) => [
        hanging ? 'beside one that hangs' : 'alone',
        String(p50Ms),
        String(p99Ms),
        String(count),
      ]),
    },
    verdicts: [
      {
        ...{ what: 'p99 beside one that hangs ÷ p99 alone', value: best(true) / best(false) },
        ...{ most: MOST_RATIO, unit: '', slack: false },
      },
      {
        ...{ what: 'webhooks that did not come', value: Math.max(...missing) },
        ...{ most: 0, unit: '', slack: false },
      },
    ],
    notes: [
      `from the event until its receiver has it; ${HEALTHY * PER_SECOND} a second to the healthy ones together, as many to the one that hangs`,
      `the least p99 of ${ROUNDS} windows of ${SECONDS} s each way, in turns`,
    ],
    data: windows,
  };
}
