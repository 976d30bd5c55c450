import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { ImageConfig } from './buildah';
import { PRIVATELY } from './privately';

const run = promisify(execFile);
const EXEC_TIMEOUT_MS = 10_000;
const READ_ONLY_ROOT = path.join(__dirname, 'read-only-root.sh');

/** A program inside the image: read-only root, the image's user, process 1 of its own, the machine's network. */
export class Contained {
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly #process: ChildProcess;
  readonly #closed: Promise<number | null>;
  readonly #env: Record<string, string>;
  readonly #user: { readonly uid: string; readonly gid: string };

  /** @param env on top of the image's own; nothing of this process's environment is inherited */
  constructor(
    rootfs: string,
    config: ImageConfig,
    command: readonly string[],
    env: Readonly<Record<string, string>>,
  ) {
    const [uid = '0', gid = uid] = (config.User ?? '').split(':');
    this.#user = { uid, gid };
    this.#env = { ...Object.fromEntries(config.Env.map(assignment)), ...env };
    const [program = '', ...args] = [
      ...PRIVATELY,
      'sh',
      READ_ONLY_ROOT,
      rootfs,
      uid,
      gid,
      config.WorkingDir,
      ...command,
    ];
    this.#process = spawn(program, args, { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const name of ['stdout', 'stderr'] as const) {
      const input = this.#process[name];
      if (input) createInterface({ input }).on('line', (line) => this[name].push(line));
    }
    this.#closed = once(this.#process, 'close').then(([code]) => code as number | null);
  }

  /** Its exit code, once it has ended. */
  ended(): Promise<number | null> {
    return this.#closed;
  }

  /** All that it wrote, for a message. */
  output(): string {
    return [...this.stdout, ...this.stderr].join('\n');
  }

  /** Runs a second command beside it, as a health check does: no shell. @throws Error with its stderr when it fails */
  async exec(command: readonly string[]): Promise<void> {
    const { uid, gid } = this.#user;
    const inside = ['--target', String(this.#first()), '--mount', '--pid', '--root', '--wd'];
    const args = [...inside, '--setgid', gid, '--setuid', uid, '--', ...command];
    await run('nsenter', args, { env: this.#env, timeout: EXEC_TIMEOUT_MS });
  }

  /** Asks it to end, as a service does that stops a task. */
  stop(): void {
    process.kill(this.#first(), 'SIGTERM');
  }

  /** Ends it in any case; its namespaces and mounts go with it. */
  async kill(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.#process.kill('SIGKILL');
    await this.#closed;
  }

  /** The pid, on this machine, of process 1 inside. */
  #first(): number {
    const { pid } = this.#process;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    const [first] = children;
    if (!first) throw new Error(`nothing runs inside: ${this.output()}`);
    return Number(first);
  }
}

function assignment(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
