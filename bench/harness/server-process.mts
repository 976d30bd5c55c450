import type { ChildProcess } from 'node:child_process';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { endChild } from './child.mts';
import { rssMegabytes } from './proc.mts';

const LOOPBACK = '127.0.0.1';
const START_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 2;

export interface ServerSpec {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
  /** A path that answers 200 once it serves. */
  readonly healthPath: string;
  /** Other cores than those of the server under test. */
  readonly cores?: string;
  /** Log lines go nowhere, or through a pipe to somebody who reads them, as in production. */
  readonly logs?: 'drop' | 'pipe';
}

/** A running server and what it costs. */
export class ServerProcess {
  readonly name: string;
  readonly origin: string;
  readonly #spec: ServerSpec;
  readonly #child: ChildProcess;
  readonly #startedAt = performance.now();

  constructor(spec: ServerSpec, child: ChildProcess) {
    this.name = spec.name;
    this.origin = `http://${LOOPBACK}:${spec.port}`;
    this.#spec = spec;
    this.#child = child;
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.name} could not be started`);
    return this.#child.pid;
  }

  get rssMegabytes(): number {
    return rssMegabytes(this.pid);
  }

  /**
   * @returns milliseconds from the start of the process to its first good answer
   * @throws Error when it ends before, or does not answer within 30 s
   */
  async listening(): Promise<number> {
    const end = this.#startedAt + START_TIMEOUT_MS;
    while (!(await accepts(this.#spec.port))) {
      if (this.#child.exitCode !== null) throw new Error(`${this.name} ended with ${this.#child.exitCode}`);
      if (performance.now() > end) throw new Error(`${this.name} does not listen`);
      await delay(LOOK_EVERY_MS);
    }
    const response = await fetch(`${this.origin}${this.#spec.healthPath}`);
    if (!response.ok) throw new Error(`${this.name}: ${this.#spec.healthPath} says ${response.status}`);
    return performance.now() - this.#startedAt;
  }

  stop(): Promise<void> {
    return endChild(this.#child);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, LOOPBACK);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
