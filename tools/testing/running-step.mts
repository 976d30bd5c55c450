import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { readJestOutcome } from './jest-results.mts';
import type { Outcome, Step } from './step.mts';

/** Long enough for a local stack to end in order. */
const GRACE_MS = 20_000;

/** A step under way, in a process group of its own, so that whatever it starts ends with it. */
export class RunningStep {
  readonly output: string[] = [];
  readonly #step: Step;
  readonly #process: ChildProcess;
  #killer: NodeJS.Timeout | undefined;
  #note: string | undefined;

  constructor(step: Step, root: string, onLine: (line: string) => void) {
    this.#step = step;
    this.#process = spawn(process.execPath, step.args, {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.output.push(line);
        onLine(line);
      });
    }
  }

  /** What it came to. Never rejects: what can't be started or has to be killed has failed. */
  async outcome(): Promise<Outcome> {
    const timer = setTimeout(
      () => this.stop(`it took longer than ${this.#step.timeoutMs} ms`),
      this.#step.timeoutMs,
    );
    const code = await once(this.#process, 'close').then(
      ([exitCode]) => exitCode as number | null,
      () => null,
    );
    clearTimeout(timer);
    clearTimeout(this.#killer);
    // what it left behind, if anything
    this.#signal('SIGKILL');
    if (this.#note !== undefined) return { passed: 0, failed: 1, note: this.#note };
    if (this.#step.results !== undefined) return readJestOutcome(this.#step.results, code === 0);
    return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  }

  /** Asks it and all it started to end, and kills them when they don't. */
  stop(reason: string): void {
    this.#note ??= reason;
    this.#signal('SIGTERM');
    this.#killer ??= setTimeout(() => this.#signal('SIGKILL'), GRACE_MS);
  }

  #signal(name: NodeJS.Signals): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      process.kill(-pid, name);
    } catch {
      // the group is gone already
    }
  }
}
