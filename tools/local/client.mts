// Boots a local stack for the demo, the benchmarks and the tests. Plain enough to be loaded as CommonJS as well:
// no import.meta, no top-level await, here or in what it imports.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseEnv } from 'node:util';
import { LocalStackError, messageOf } from './failure.mts';
import { SUPERVISOR } from './names.mts';
import { OutputFile } from './output-file.mts';
import { findFreeBase, type Ports, portsFrom } from './ports.mts';
import { ProcessTable } from './process-table.mts';
import { beginWith } from './template.mts';
import { waitFor } from './wait.mts';

export interface StartOptions {
  /** The first of the ports; free ones are found when not given. */
  readonly portBase?: number;
  /** LOCAL_STATE; a temporary folder, removed by stop(), when not given. */
  readonly state?: string;
  /** Watch the sources and rebuild. Off when not given: the built dist/ runs. */
  readonly reload?: boolean;
  /** Build first where a source is newer than dist/. Off when not given: dist/ runs as it is. */
  readonly build?: boolean;
  /** Leave out web and worker. */
  readonly servicesOnly?: boolean;
  /** Added to the environment of the stack, for instance RATE_LIMIT_SCALE or LOG_LEVEL. */
  readonly env?: Readonly<Record<string, string>>;
  /** The repository; found from the current folder upwards when not given. */
  readonly root?: string;
  /** The state folder of a stopped, migrated stack: a new one begins with its secrets and its database. */
  readonly template?: string | undefined;
  /** A file for what it prints: others can have the stack too then, by {@link attachLocalStack}. */
  readonly output?: string;
  /** How long until it has to be ready, in milliseconds: 120 s when not given. */
  readonly timeoutMs?: number;
}

export type ProcessName =
  | 'supervisor'
  | 'guardian'
  | 'web'
  | 'worker'
  | 'postgres'
  | 'redis'
  | 'sqs'
  | 'onesignal'
  | 'fcm'
  | 'mailbox'
  | 'storage'
  | 'sentry';

export interface LocalStack {
  /** Of the web process. */
  readonly url: string;
  readonly ports: Ports;
  readonly state: string;
  /** What `$LOCAL_STATE/env` says. */
  readonly env: Readonly<Record<string, string>>;
  /** Every line that was printed until now. */
  logs(): readonly string[];
  /** The pid of a running process. @throws LocalStackError when there is none. */
  pid(name: ProcessName): number;
  /** Ends the stack in order. @throws LocalStackError when it is still there after 20 s (it is killed then). */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 20_000;
const SHOWN_LINES = 50;
const ATTEMPTS = 3;

/**
 * Starts a local stack and waits until it is ready.
 * @throws LocalStackError with the last lines of its output when it does not get ready.
 */
export async function startLocalStack(options: StartOptions = {}): Promise<LocalStack> {
  for (let attempt = 1; ; attempt += 1) {
    const portBase = options.portBase ?? (await findFreeBase());
    try {
      return await startOn(portBase, options);
    } catch (error) {
      // Somebody took one of the ports between the look and the start.
      const collided = error instanceof LocalStackError && error.message.includes('choose other ports');
      if (options.portBase !== undefined || !collided || attempt === ATTEMPTS) throw error;
    }
  }
}

async function startOn(portBase: number, options: StartOptions): Promise<LocalStack> {
  const state = options.state ?? mkdtempSync(path.join(os.tmpdir(), 'loopin-local-'));
  if (options.template !== undefined) await beginWith(options.template, state);
  const supervisor = new SpawnedStack(portBase, state, options);
  try {
    const line = await supervisor.ready(options.timeoutMs ?? START_TIMEOUT_MS);
    const parts = { portBase, state, url: line.replace('ready ', '') };
    return handle(
      parts,
      () => supervisor.lines,
      () => supervisor.end(),
    );
  } catch (error) {
    await supervisor.end().catch(() => undefined);
    throw new LocalStackError(`${messageOf(error)}\n${supervisor.lastLines()}`);
  }
}

/**
 * A stack that somebody else has started with `output`, and whose `logs` begin now. stop() leaves it running.
 * @throws LocalStackError when none runs on that state folder.
 */
export function attachLocalStack(state: string, output: string): LocalStack {
  if (!new ProcessTable(state).alive().has(SUPERVISOR))
    throw new LocalStackError(`no local stack runs on ${state}`);
  const file = new OutputFile(output, 'end');
  const url = parseEnv(readFileSync(path.join(state, 'env'), 'utf8')).PUBLIC_URL ?? '';
  const parts = { portBase: Number(new URL(url).port), state, url };
  return handle(
    parts,
    () => file.lines(),
    async () => undefined,
  );
}

function handle(
  { portBase, state, url }: { portBase: number; state: string; url: string },
  logs: () => readonly string[],
  end: () => Promise<void>,
): LocalStack {
  let ending: Promise<void> | undefined;
  return {
    url,
    state,
    ports: portsFrom(portBase),
    env: parseEnv(readFileSync(path.join(state, 'env'), 'utf8')) as Record<string, string>,
    logs,
    pid: (name) => readPid(state, name),
    stop: () => {
      ending ??= end();
      return ending;
    },
  };
}

/** The supervisor as a child process, with the lines that it has printed. */
class SpawnedStack {
  readonly #piped: string[] = [];
  readonly #file: OutputFile | undefined;
  readonly #process: ChildProcess;
  readonly #temporary: string | undefined;
  /** Settled when the process has ended and its last line is read. */
  readonly #closed: Promise<unknown>;
  #isClosed = false;

  constructor(portBase: number, state: string, options: StartOptions) {
    this.#temporary = options.state === undefined ? state : undefined;
    this.#process = spawnSupervisor(portBase, state, options);
    this.#file = options.output === undefined ? undefined : new OutputFile(options.output, 'beginning');
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#piped.push(line));
    }
    this.#closed = once(this.#process, 'close').finally(() => {
      this.#isClosed = true;
    });
  }

  get lines(): readonly string[] {
    return this.#file?.lines() ?? this.#piped;
  }

  /** The line that says it is ready. */
  ready(timeoutMs: number): Promise<string> {
    const readyLine = () => this.lines.find((line) => line.startsWith('ready http://'));
    const givenUp = () => (this.#isClosed ? 'it has ended' : undefined);
    return waitFor('the local stack does not get ready', readyLine, { timeoutMs, givenUp });
  }

  /** SIGTERM, and SIGKILL with an error when that does not end it in time. */
  async end(): Promise<void> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#process.kill('SIGKILL');
    }, STOP_TIMEOUT_MS);
    this.#process.kill('SIGTERM');
    await this.#closed;
    clearTimeout(timer);
    if (this.#temporary) rmSync(this.#temporary, { recursive: true, force: true });
    if (late) throw new LocalStackError(`the local stack did not end within ${STOP_TIMEOUT_MS} ms`);
  }

  lastLines(): string {
    return this.lines.slice(-SHOWN_LINES).join('\n') || '(it printed nothing)';
  }
}

function spawnSupervisor(portBase: number, state: string, options: StartOptions): ChildProcess {
  const root = options.root ?? repositoryAbove(process.cwd());
  const flags = [
    ...(options.reload ? [] : ['--no-reload']),
    ...(options.build ? [] : ['--as-built']),
    ...(options.servicesOnly ? ['--services-only'] : []),
    ...(options.template === undefined ? [] : ['--migrated']),
  ];
  const env = {
    ...process.env,
    ...options.env,
    LOCAL_PORT_BASE: String(portBase),
    LOCAL_STATE: path.resolve(state),
  };
  const entry = path.join(root, 'tools/local/main.mts');
  const start = (output: 'pipe' | number) =>
    spawn(process.execPath, [entry, ...flags], { env, stdio: ['ignore', output, output] });
  if (options.output === undefined) return start('pipe');
  const file = openSync(options.output, 'w');
  const supervisor = start(file);
  closeSync(file);
  // whoever started it may end first
  supervisor.unref();
  return supervisor;
}

function readPid(state: string, name: string): number {
  const file = path.join(state, 'pids', name);
  if (!existsSync(file)) throw new LocalStackError(`${name} does not run (there is no ${file})`);
  return Number(readFileSync(file, 'utf8'));
}

function repositoryAbove(folder: string): string {
  if (existsSync(path.join(folder, 'tools/local/main.mts'))) return folder;
  const parent = path.dirname(folder);
  if (parent === folder) throw new LocalStackError('startLocalStack: not inside the repository: give `root`');
  return repositoryAbove(parent);
}
