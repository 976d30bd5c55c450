import { messageOf } from '../failure.mts';
import type { StackOptions } from '../options.mts';
import { say } from '../output.mts';
import type { ProcessTable } from '../process-table.mts';
import { waitFor } from '../wait.mts';
import { AppProcess } from './app-process.mts';
import { isBuildStale, isBuilt } from './build-age.mts';
import { Commands } from './commands.mts';
import { watchSources } from './watch-sources.mts';

const READY_TIMEOUT_MS = 60_000;

/** Our own two processes: built, migrated, started, reloaded, stopped. */
export class App {
  readonly #options: StackOptions;
  readonly #commands: Commands;
  readonly #processes: readonly AppProcess[];
  #stopWatching: (() => void) | undefined;
  #stopped = false;

  /** @param env the environment of the processes, without what the env file says */
  constructor(options: StackOptions, table: ProcessTable, env: NodeJS.ProcessEnv) {
    this.#options = options;
    this.#commands = new Commands(options, env);
    this.#processes = (['web', 'worker'] as const).map((mode) => new AppProcess(mode, options, table, env));
  }

  /** Builds when sources are watched, when one is newer than the build, or when nothing was built yet. */
  async build(): Promise<void> {
    const { root, reload, asBuilt } = this.#options;
    const isDue = reload || (asBuilt ? !isBuilt(root) : isBuildStale(root));
    if (isDue) await this.#commands.build();
  }

  /** Migrates and starts both processes; returns when both are ready. @throws LocalStackError when one never is. */
  async start(): Promise<void> {
    if (!this.#options.migrated) await this.#commands.migrate();
    for (const one of this.#processes) one.start();
    await Promise.all(this.#processes.map((one) => this.#untilReady(one)));
    if (this.#options.reload) this.#stopWatching = watchSources(this.#options.root, () => this.#reload());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopWatching?.();
    this.#commands.kill();
    await Promise.all(this.#processes.map((one) => one.stop()));
  }

  kill(): void {
    this.#commands.kill();
    for (const one of this.#processes) one.kill();
  }

  #untilReady(one: AppProcess): Promise<boolean> {
    const givenUp = () => one.failure();
    return waitFor(`${one.mode} does not get ready`, () => one.isReady(), {
      timeoutMs: READY_TIMEOUT_MS,
      givenUp,
    });
  }

  /** A build or a migration that fails leaves the running processes alone. */
  async #reload(): Promise<void> {
    const begin = performance.now();
    try {
      await this.#commands.build();
      await this.#commands.migrate();
    } catch (error) {
      if (!this.#stopped) say(`${messageOf(error)}\nlocal | the processes of before go on running`);
      return;
    }
    await Promise.all(this.#processes.map((one) => one.stop()));
    if (this.#stopped) return;
    for (const one of this.#processes) one.start();
    say(`rebuilt, web and worker started again (${Math.round(performance.now() - begin)} ms)`);
  }
}
