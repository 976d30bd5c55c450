import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Child, inWords } from './child.mts';
import { say } from './output.mts';
import type { ProcessTable } from './process-table.mts';
import type { Service, ServiceContext } from './services/service.mts';
import { waitFor } from './wait.mts';

const START_TIMEOUT_MS = 30_000;
const STOP_GRACE_MS = 4_000;
const LOG_TAIL_LINES = 15;

/** The backing services: started together, watched, never restarted, stopped together. */
export class ServiceGroup {
  readonly #context: ServiceContext;
  readonly #table: ProcessTable;
  readonly #running = new Map<string, { service: Service; child: Child }>();
  #stopping = false;

  constructor(context: Omit<ServiceContext, 'openLog'>, table: ProcessTable) {
    this.#context = { ...context, openLog: (name) => openLog(context.state, name) };
    this.#table = table;
  }

  /** @throws LocalStackError when one of them does not start; the others may be running then. */
  async start(services: readonly Service[]): Promise<void> {
    await Promise.all(services.map((service) => this.#startOne(service)));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const all = [...this.#running.values()];
    await Promise.all(all.map(({ service, child }) => child.stop(service.stopSignal, STOP_GRACE_MS)));
  }

  /** Ends them at once. */
  kill(): void {
    this.#stopping = true;
    for (const { child } of this.#running.values()) child.kill();
  }

  async #startOne(service: Service): Promise<void> {
    await service.prepare?.(this.#context);
    if (this.#stopping) return;
    const child = service.spawn(this.#context);
    this.#running.set(service.name, { service, child });
    if (child.pid) this.#table.record(service.name, child.pid);
    const ended = () => child.exit && `it ended (${inWords(child.exit)})${this.#logTail(service.name)}`;
    await waitFor(`${service.name} does not start`, () => service.isReady(this.#context), {
      timeoutMs: START_TIMEOUT_MS,
      givenUp: ended,
    });
    void this.#watch(service.name, child);
  }

  /** A backing service that dies stays down: what the app does then is what chaos tests look at. */
  async #watch(name: string, child: Child): Promise<void> {
    const exit = await child.ended;
    this.#table.forget(name);
    if (child.stopping) return;
    say(
      `${name} has died (${inWords(exit)}) and stays down until the next start; its log: ${this.#logFile(name)}`,
    );
  }

  #logTail(name: string): string {
    const lines = readFileSync(this.#logFile(name), 'utf8').trim().split('\n').slice(-LOG_TAIL_LINES);
    return [`, and its log ${this.#logFile(name)} says`, ...lines].join('\n  ');
  }

  #logFile(name: string): string {
    return logFile(this.#context.state, name);
  }
}

/** Waits for nothing but the file: the descriptor is for one spawn. */
function openLog(state: string, name: string): number {
  mkdirSync(path.dirname(logFile(state, name)), { recursive: true });
  const descriptor = openSync(logFile(state, name), 'w');
  // The child has its own copy as soon as it is spawned, which is in this turn of the event loop.
  setImmediate(() => closeSync(descriptor));
  return descriptor;
}

function logFile(state: string, name: string): string {
  return path.join(state, 'logs', `${name}.log`);
}
