import path from 'node:path';
import { Child, inWords } from '../child.mts';
import { envFile } from '../environment.mts';
import { LocalStackError } from '../failure.mts';
import type { StackOptions } from '../options.mts';

/** How the image starts them: docs/image.md says why. */
export const WEB_AND_WORKER = [
  '--max-semi-space-size=16',
  '--max-old-space-size=256',
  '--initial-old-space-size=128',
  '--no-allocation-site-pretenuring',
  '--heap-growing-percent=100',
  '--single-threaded-gc',
  'dist/src/main.js',
];
/** What the build writes, seen from the repository. */
const CLI = 'dist/tools/cli/main.js';

/** Runs the app's own commands, one at a time, so that a stop can end the one that runs. */
export class Commands {
  readonly #options: StackOptions;
  readonly #env: NodeJS.ProcessEnv;
  #running: Child | undefined;

  /** @param env the environment of the app's processes, without what the env file says */
  constructor(options: StackOptions, env: NodeJS.ProcessEnv) {
    this.#options = options;
    this.#env = env;
  }

  /** Compiles src/ and tools/cli/ to dist/. @throws LocalStackError with the compiler's words. */
  async build(): Promise<void> {
    await this.#run('the build', [path.join(this.#options.root, 'tools/build/main.mts')]);
  }

  /** Brings the database to the newest migration. @throws LocalStackError with the migrator's words. */
  async migrate(): Promise<void> {
    await this.#run('the migration', [`--env-file=${envFile(this.#options.state)}`, CLI, 'migrate']);
  }

  kill(): void {
    this.#running?.kill();
  }

  async #run(name: string, args: readonly string[]): Promise<void> {
    const child = new Child(name, process.execPath, args, {
      cwd: this.#options.root,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running = child;
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data) => output.push(String(data)));
    const exit = await child.ended;
    this.#running = undefined;
    if (exit.code === 0) return;
    throw new LocalStackError(`${name} failed (${inWords(exit)})\n${output.join('').trim()}`);
  }
}
