import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { type LocalStack, startLocalStack } from '../../tools/local/client.mts';
import { buildIfStale } from './build.mts';
import { endChild } from './child.mts';
import { chooseCores, moveSelf, onCores } from './cores.mts';
import { ServerProcess, type ServerSpec } from './server-process.mts';

export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Everything that a bench starts, so that all of it is stopped in the end. */
export class TestBed {
  readonly cores = chooseCores();
  readonly #children = new Set<ChildProcess>();
  #stack: Promise<LocalStack> | undefined;
  #closing: Promise<void> | undefined;

  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /** Progress, on stderr: stdout is for the Markdown alone. */
  say(line: string): void {
    process.stderr.write(`bench | ${line}\n`);
  }

  /**
   * Builds if need be, starts Postgres, Redis, queue and sandboxes, and migrates.
   * @param list other cores than those of the load, for what measures the whole of it
   */
  async services(
    env: Readonly<Record<string, string>> = {},
    list: string = this.cores.load,
  ): Promise<LocalStack> {
    moveSelf(this.cores, list);
    if (this.cores.unpinned !== undefined) this.say(this.cores.unpinned);
    buildIfStale(ROOT, (line) => this.say(line));
    this.#stack = startLocalStack({ root: ROOT, servicesOnly: true, env });
    const stack = await this.#stack;
    await this.#migrate(stack);
    this.say(`services run on cores ${list}`);
    return stack;
  }

  /** Starts a server on its own core, unless the spec says otherwise. */
  server(spec: ServerSpec): ServerProcess {
    const command = onCores(this.cores, spec.cores ?? this.cores.server, [process.execPath, ...spec.args]);
    const server = new ServerProcess(spec, this.start(command, { env: spec.env, logs: spec.logs ?? 'drop' }));
    return server;
  }

  /** Starts a command that ends with the bench. Its logs are dropped, or read through a pipe as in production. */
  start(
    command: readonly string[],
    options: { env?: NodeJS.ProcessEnv; logs: 'drop' | 'pipe'; ipc?: boolean },
  ): ChildProcess {
    if (this.isClosing) throw new Error('the bench is being stopped');
    const [program = '', ...args] = command;
    const stdout = options.logs === 'pipe' ? this.#sink() : 'ignore';
    const child = spawn(program, args, {
      cwd: ROOT,
      env: options.env ?? process.env,
      stdio: ['ignore', stdout, 'inherit', ...(options.ipc ? (['ipc'] as const) : [])],
      // Ctrl-C reaches the bench only, which then stops what it has started in order
      detached: true,
    });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }

  /** Ends all of it. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    await Promise.all([...this.#children].map(endChild));
    const stack = await this.#stack?.catch(() => undefined);
    await stack?.stop();
  }

  /** Somebody who reads the log lines, on the cores of the load. */
  #sink() {
    const sink = spawn('cat', [], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
    this.#children.add(sink);
    sink.once('exit', () => this.#children.delete(sink));
    return sink.stdin;
  }

  async #migrate(stack: LocalStack): Promise<void> {
    const env = { ...process.env, ...stack.env };
    const child = this.start([process.execPath, 'dist/tools/cli/main.js', 'migrate'], { env, logs: 'drop' });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`the migrations failed with exit code ${code}`);
  }
}
