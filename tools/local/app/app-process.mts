import { setTimeout as delay } from 'node:timers/promises';
import { Child, inWords } from '../child.mts';
import { envFile } from '../environment.mts';
import type { StackOptions } from '../options.mts';
import { prefixLines, say } from '../output.mts';
import { answersOk } from '../probe.mts';
import type { ProcessTable } from '../process-table.mts';
import { WEB_AND_WORKER } from './commands.mts';

export type Mode = 'web' | 'worker';

/** Long enough for the app's own drain, short enough for the whole stack to end within 15 s. */
const STOP_GRACE_MS = 8_000;
const RESTART_PAUSE_MS = 500;

/** The web or the worker process: kept running, and started anew on demand. */
export class AppProcess {
  readonly mode: Mode;
  readonly #options: StackOptions;
  readonly #table: ProcessTable;
  readonly #env: NodeJS.ProcessEnv;
  #child: Child | undefined;
  #wanted = false;
  /** Whether it has ever been ready: before that, an end of the process is for the first start to report. */
  #settled = false;

  constructor(mode: Mode, options: StackOptions, table: ProcessTable, env: NodeJS.ProcessEnv) {
    this.mode = mode;
    this.#options = options;
    this.#table = table;
    this.#env = env;
  }

  start(): void {
    this.#wanted = true;
    const args = [`--env-file=${envFile(this.#options.state)}`, ...WEB_AND_WORKER];
    const child = new Child(this.mode, process.execPath, args, {
      cwd: this.#options.root,
      env: { ...this.#env, APP_MODE: this.mode, PORT: String(this.#port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    if (child.pid) this.#table.record(this.mode, child.pid);
    prefixLines(this.mode, child.stdout);
    prefixLines(this.mode, child.stderr);
    void this.#watch(child);
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    await this.#child?.stop('SIGTERM', STOP_GRACE_MS);
  }

  kill(): void {
    this.#wanted = false;
    this.#child?.kill();
  }

  /** Whether it answers that it is ready; from then on it is kept running. */
  async isReady(): Promise<boolean> {
    const ok = await answersOk(this.#port, '/health/ready');
    this.#settled ||= ok;
    return ok;
  }

  /** Why it will never become ready, when the very first start has failed. */
  failure(): string | undefined {
    const exit = this.#child?.exit;
    return exit && !this.#settled ? `the ${this.mode} process ended (${inWords(exit)})` : undefined;
  }

  get #port(): number {
    return this.#options.ports[this.mode];
  }

  async #watch(child: Child): Promise<void> {
    const exit = await child.ended;
    if (this.#child === child) this.#table.forget(this.mode);
    if (child.stopping || !this.#settled) return;
    say(`the ${this.mode} process has died (${inWords(exit)}); it starts again in ${RESTART_PAUSE_MS} ms`);
    await delay(RESTART_PAUSE_MS);
    if (this.#wanted && this.#child === child) this.start();
  }
}
