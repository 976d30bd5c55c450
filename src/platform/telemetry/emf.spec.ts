import * as prom from 'prom-client';
import { METRICS, type Metric } from './catalogue';
import { EmfWindow, NAMESPACE } from './emf';
import { gauge } from './meter';
import { PrometheusRecorder } from './prometheus.recorder';

const ORIGIN = { stage: 'prod', mode: 'worker', release: 'r1' };
const AT = Date.parse('2026-11-23T10:00:00Z');
const UNITS = ['Seconds', 'Microseconds', 'Milliseconds', 'Megabytes', 'Bytes', 'Percent', 'Count', 'None'];

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
}
type Document = Record<string, unknown> & {
  readonly _aws: { readonly Timestamp: number; readonly CloudWatchMetrics: readonly Directive[] };
};

/** The rules of the specification: what breaks one is dropped by CloudWatch without a word. */
function assertValid(text: string): Document {
  expect(text).not.toContain('\n');
  expect(Buffer.byteLength(text)).toBeLessThan(256 * 1024);
  const document = JSON.parse(text) as Document;
  const { Timestamp, CloudWatchMetrics } = document._aws;
  expect(Number.isSafeInteger(Timestamp)).toBe(true);
  for (const { Namespace, Dimensions, Metrics } of CloudWatchMetrics) {
    expect(Namespace).toMatch(/^[^:].{0,254}$/);
    expect(Metrics.length).toBeGreaterThan(0);
    expect(Metrics.length).toBeLessThanOrEqual(100);
    for (const set of Dimensions) {
      expect(set.length).toBeLessThanOrEqual(30);
      for (const name of set) {
        expect(typeof document[name]).toBe('string');
        expect(String(document[name])).toMatch(/^[\x21-\x7e]{1,1024}$/);
      }
    }
    for (const { Name, Unit } of Metrics) {
      expect(Name).toMatch(/^[\x20-\x7e]{1,1024}$/);
      expect(UNITS).toContain(Unit);
      expect(Number.isFinite(document[Name])).toBe(true);
    }
  }
  return document;
}

describe('metrics for CloudWatch', () => {
  let recorder: PrometheusRecorder;
  let window: EmfWindow;

  beforeEach(() => {
    recorder = new PrometheusRecorder(prom);
    window = new EmfWindow(ORIGIN);
  });

  const document = async () => assertValid(window.document(await recorder.snapshot(), AT));

  it('are one valid document, with stage and mode for its only dimensions', async () => {
    const { _aws, ...members } = await document();
    expect(_aws.Timestamp).toBe(AT);
    expect(_aws.CloudWatchMetrics).toHaveLength(1);
    expect(_aws.CloudWatchMetrics[0]).toMatchObject({
      Namespace: NAMESPACE,
      Dimensions: [['stage', 'mode']],
    });
    expect(members).toMatchObject({ ...ORIGIN, SloApiTotal: 0, HttpRequests: 0 });
  });

  it('say what happened since the document before', async () => {
    recorder.count('loopin_slo_api_total', {}, 7);
    expect(await document()).toMatchObject({ SloApiTotal: 7 });
    recorder.count('loopin_slo_api_total', {}, 2);
    expect(await document()).toMatchObject({ SloApiTotal: 2 });
    expect(await document()).toMatchObject({ SloApiTotal: 0 });
  });

  it('count requests and reckon their latency over all routes', async () => {
    const labels = { method: 'GET', route: '/v1/me' };
    for (let index = 0; index < 98; index += 1)
      recorder.observe('loopin_http_request_seconds', { ...labels, status: '200' }, 0.004);
    for (let index = 0; index < 2; index += 1)
      recorder.observe('loopin_http_request_seconds', { ...labels, status: '503' }, 2);
    const first = await document();
    expect(first).toMatchObject({ HttpRequests: 100, HttpServerErrors: 2 });
    expect(first.HttpLatencyP95).toBeGreaterThan(2.5);
    expect(first.HttpLatencyP95).toBeLessThanOrEqual(5);
    expect(first.HttpLatencyP99).toBeGreaterThan(1_000);
    const second = await document();
    expect(second).toMatchObject({ HttpRequests: 0 });
    expect(second).not.toHaveProperty('HttpLatencyP99');
  });

  it('tell queues and outcomes apart by name', async () => {
    const labels = { queue: 'background-jobs', type: 'mail.send' };
    recorder.observe('loopin_message_seconds', { ...labels, outcome: 'done' }, 0.1);
    recorder.observe('loopin_message_seconds', { ...labels, outcome: 'failed' }, 0.1);
    recorder.observe('loopin_message_seconds', { ...labels, outcome: 'postponed' }, 0.1);
    expect(await document()).toMatchObject({
      'Messages.background-jobs': 3,
      'MessagesFailed.background-jobs': 1,
      MessagesPostponed: 1,
    });
  });

  it('read gauges as they are, and leave out one that can’t be read', async () => {
    gauge('loopin_breaker_open', 'onesignal', () => [{ labels: { breaker: 'onesignal' }, value: 1 }]);
    gauge('loopin_outbox_oldest_seconds', 'outbox', () => Promise.reject(new Error('the database is away')));
    const read = await document();
    expect(read).toMatchObject({ 'BreakerOpen.onesignal': 1 });
    expect(read).not.toHaveProperty('OutboxOldest');
  });

  it('split into lists of a hundred', async () => {
    for (let index = 0; index < 150; index += 1)
      gauge('loopin_breaker_open', `b${index}`, () => [{ labels: { breaker: `b${index}` }, value: 0 }]);
    const { _aws } = await document();
    expect(_aws.CloudWatchMetrics.map(({ Metrics }) => Metrics.length)).toEqual([100, expect.any(Number)]);
  });

  it('have names of their own', () => {
    const all = Object.values(METRICS as Record<string, Metric>).flatMap(({ emf }) => emf ?? []);
    const names = all.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name } of all) expect(Object.keys(ORIGIN)).not.toContain(name);
  });
});
