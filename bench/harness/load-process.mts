// The load, in a process of its own: keeps N connections busy and reads the server's CPU time at both ends of a
// window. Started with an IPC channel; each message is one window.
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { type Dispatcher, Pool } from 'undici';
import type { WindowOrder, WindowResult } from './load-messages.mts';
import { cpuNanoseconds } from './proc.mts';

const MICROSECONDS = 1_000;
const TIMEOUT_MS = 10_000;

process.on('message', (order: WindowOrder) => {
  void runWindow(order).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));

/** What all connections of one window share. */
class Traffic {
  readonly #pool: Pool;
  readonly #order: WindowOrder;
  #turn = 0;
  running = true;
  requests = 0;
  failures = 0;
  firstFailure: string | undefined;
  latencies: RecordableHistogram = createHistogram();

  constructor(order: WindowOrder) {
    this.#order = order;
    this.#pool = new Pool(order.origin, {
      connections: order.connections,
      pipelining: 1,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
  }

  /** Requests at a steady rate. Latencies count from when one was due: a slow server does not slow its own load. */
  async keepPace(perSecond: number): Promise<void> {
    const begin = performance.now();
    const open = new Set<Promise<void>>();
    for (let sent = 0; this.running; await delay(1)) {
      for (; begin + (sent * 1_000) / perSecond <= performance.now(); sent += 1) {
        const one = this.#request(begin + (sent * 1_000) / perSecond);
        open.add(one);
        void one.finally(() => open.delete(one));
      }
    }
    await Promise.all(open);
  }

  /** One connection's worth of load until the window is over. */
  async keepBusy(): Promise<void> {
    while (this.running) {
      const failures = this.failures;
      await this.#request(performance.now());
      if (this.failures > failures) await delay(10);
    }
  }

  startCounting(): void {
    this.requests = 0;
    this.latencies = createHistogram();
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #request(begin: number): Promise<void> {
    const failure = await this.#send();
    this.latencies.record(Math.max(1, Math.round((performance.now() - begin) * MICROSECONDS)));
    this.requests += 1;
    if (failure === undefined) return;
    this.failures += 1;
    this.firstFailure ??= failure;
  }

  #send(): Promise<string | undefined> {
    const { requests } = this.#order;
    this.#turn = (this.#turn + 1) % requests.length;
    const request = requests[this.#turn];
    if (request === undefined) throw new Error('there is nothing to send');
    return new Promise((resolve) => {
      this.#pool.dispatch({ ...request, body: request.body ?? null }, new AnswerHandler(resolve));
    });
  }
}

/** Reads the status and drops the body: the cheapest way that undici has. */
class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #done: (failure: string | undefined) => void;
  #status = 0;

  constructor(done: (failure: string | undefined) => void) {
    this.#done = done;
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(): void {}

  onResponseEnd(): void {
    this.#done(this.#status >= 200 && this.#status < 300 ? undefined : `status ${this.#status}`);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#done(error.message);
  }
}

async function runWindow(order: WindowOrder): Promise<WindowResult> {
  const traffic = new Traffic(order);
  const { perSecond } = order;
  const connections =
    perSecond === undefined
      ? Array.from({ length: order.connections }, () => traffic.keepBusy())
      : [traffic.keepPace(perSecond)];
  await delay(order.warmUpMs);
  traffic.startCounting();
  const begin = performance.now();
  const cpuBefore = cpuNanoseconds(order.pid);
  await delay(order.windowMs);
  const cpu = cpuNanoseconds(order.pid) - cpuBefore;
  const { requests, latencies } = traffic;
  const seconds = (performance.now() - begin) / 1_000;
  const [p50, p99] = [latencies.percentile(50), latencies.percentile(99)];
  traffic.running = false;
  await Promise.all(connections);
  await traffic.close();
  return {
    requests,
    seconds,
    cpuNanoseconds: cpu,
    p50Ms: p50 / MICROSECONDS,
    p99Ms: p99 / MICROSECONDS,
    failures: traffic.failures,
    firstFailure: traffic.firstFailure,
  };
}
