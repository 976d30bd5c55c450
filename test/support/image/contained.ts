import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Buildah, ImageConfig } from './buildah';
import { PRIVATELY } from './privately';

const run = promisify(execFile);
const EXEC_TIMEOUT_MS = 10_000;
const READ_ONLY_ROOT = path.join(__dirname, 'read-only-root.sh');

interface Where {
  readonly buildah: Buildah;
  readonly container: string;
  readonly config: ImageConfig;
}

interface What {
  readonly command: readonly string[];
  /** `uid:gid` */
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A program inside the image: read-only root, process 1 of its own namespace, the machine's network. */
export class Contained {
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly #process: ChildProcess;
  readonly #closed: Promise<number | null>;
  readonly #env: Record<string, string>;
  readonly #uid: string;
  readonly #gid: string;

  constructor({ buildah, container, config }: Where, { command, user, env }: What) {
    const [uid = '', gid = uid] = user.split(':');
    [this.#uid, this.#gid] = [uid, gid];
    this.#env = { ...Object.fromEntries(config.Env.map(assignment)), ...env };
    const where = [buildah.storage, buildah.driver, container, uid, gid, config.WorkingDir];
    const [program = '', ...args] = [...PRIVATELY, 'sh', READ_ONLY_ROOT, ...where, ...command];
    this.#process = spawn(program, args, { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const name of ['stdout', 'stderr'] as const) {
      const input = this.#process[name];
      if (input) createInterface({ input }).on('line', (line) => this[name].push(line));
    }
    this.#closed = once(this.#process, 'close').then(([code]) => code as number | null);
  }

  /** Whether it has not ended yet. */
  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
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
    const inside = ['--target', String(this.#first()), '--mount', '--pid', '--root', '--wd'];
    const args = [...inside, '--setgid', this.#gid, '--setuid', this.#uid, '--', ...command];
    await run('nsenter', args, { env: this.#env, timeout: EXEC_TIMEOUT_MS });
  }

  /** Asks it to end, as a service does that stops a task. */
  stop(): void {
    process.kill(this.#first(), 'SIGTERM');
  }

  /** Ends it in any case; its namespaces and mounts go with it. */
  async kill(): Promise<void> {
    if (this.running) this.#process.kill('SIGKILL');
    await this.#closed;
  }

  /** The pid, on this machine, of process 1 inside. @throws Error when nothing runs */
  #first(): number {
    const { pid } = this.#process;
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    if (!first) throw new Error(`nothing runs inside: ${this.output()}`);
    return Number(first);
  }
}

function assignment(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
