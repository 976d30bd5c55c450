import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process of the supervisor, in a process group of its own: Ctrl-C reaches the supervisor only. */
export class Child {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly ended: Promise<Exit>;
  #exit: Exit | undefined;
  #stopping = false;

  constructor(name: string, command: string, args: readonly string[], options: SpawnOptions) {
    this.name = name;
    this.#process = spawn(command, args, { ...options, detached: true });
    this.ended = this.#end();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get stdout(): NodeJS.ReadableStream | null {
    return this.#process.stdout;
  }

  get stderr(): NodeJS.ReadableStream | null {
    return this.#process.stderr;
  }

  /** Set once it has ended. */
  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** Whether its end was asked for. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** Asks it to end, kills it after `graceMs`, and returns when it is gone. */
  async stop(request: NodeJS.Signals, graceMs: number): Promise<void> {
    this.#stopping = true;
    if (this.#exit) return;
    this.#process.kill(request);
    const timer = new AbortController();
    const late = delay(graceMs, 'late', { signal: timer.signal }).catch(() => 'in time');
    if ((await Promise.race([this.ended, late])) === 'late') this.kill();
    timer.abort();
    await this.ended;
  }

  /** With what it has started: the build is a process that starts the compiler. */
  kill(): void {
    this.#stopping = true;
    if (this.pid === undefined || this.#exit) return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // gone by now
    }
  }

  async #end(): Promise<Exit> {
    try {
      const [code, signal] = await once(this.#process, 'exit');
      this.#exit = { code, signal };
    } catch {
      // 'error': it could not be spawned at all.
      this.#exit = { code: null, signal: null };
    }
    return this.#exit;
  }
}

/** How a process ended, in words: "exit code 78", "signal SIGKILL". */
export function inWords({ code, signal }: Exit): string {
  if (signal) return `signal ${signal}`;
  return code === null ? 'it could not be started' : `exit code ${code}`;
}
