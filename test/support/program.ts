import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export const ROOT = path.resolve(__dirname, '../..');
export const MIGRATIONS = path.join(ROOT, 'supabase/migrations');

/** A process of ours that a test started by hand. */
export class Program {
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly #process: ChildProcess;
  readonly #closed: Promise<number | null>;

  /** @param env the whole environment: nothing is inherited but PATH */
  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#process = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const name of ['stdout', 'stderr'] as const) {
      const input = this.#process[name];
      if (input) createInterface({ input }).on('line', (line) => this[name].push(line));
    }
    this.#closed = once(this.#process, 'close').then(([code]) => code as number | null);
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error('the program was not started');
    return this.#process.pid;
  }

  /** Whether it still runs. */
  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Its exit code, once it has ended; null when a signal ended it. */
  ended(): Promise<number | null> {
    return this.#closed;
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** Ends it in any case. */
  async kill(): Promise<void> {
    if (this.running) this.signal('SIGKILL');
    await this.#closed;
  }
}
