import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from './wait.mts';

/** A process that stays recognisable after its pid was given to another one. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the system says that it started, in whatever words the system uses. */
  readonly started: string;
}

/** Processes by name. */
export type Processes = ReadonlyMap<string, ProcessIdentity>;

/**
 * The processes of one state folder, on disk, so that a later start finds what a killed supervisor left behind.
 * `pids/<name>` holds the bare pid for scripts; `processes.json` holds the identities.
 */
export class ProcessTable {
  readonly #file: string;
  readonly #pids: string;
  readonly #entries = new Map<string, ProcessIdentity>();

  constructor(state: string) {
    this.#file = path.join(state, 'processes.json');
    this.#pids = path.join(state, 'pids');
  }

  record(name: string, pid: number): void {
    const started = startOf(pid);
    if (!started) return;
    this.#entries.set(name, { pid, started });
    mkdirSync(this.#pids, { recursive: true });
    writeFileSync(path.join(this.#pids, name), `${pid}\n`);
    this.#save();
  }

  forget(name: string): void {
    this.#entries.delete(name);
    rmSync(path.join(this.#pids, name), { force: true });
    this.#save();
  }

  /** What the file says now, which another supervisor may have written, of processes that still run. */
  alive(): Processes {
    if (!existsSync(this.#file)) return new Map();
    const stored = JSON.parse(readFileSync(this.#file, 'utf8')) as Record<string, ProcessIdentity>;
    return new Map(Object.entries(stored).filter(([, identity]) => isAlive(identity)));
  }

  /** Removes the files: nothing of this state folder runs any more. */
  clear(): void {
    this.#entries.clear();
    rmSync(this.#file, { force: true });
    rmSync(this.#pids, { recursive: true, force: true });
  }

  #save(): void {
    const draft = `${this.#file}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(Object.fromEntries(this.#entries), null, 2)}\n`);
    renameSync(draft, this.#file);
  }
}

/** Whether this very process, and not a later one with the same pid, still runs. */
function isAlive({ pid, started }: ProcessIdentity): boolean {
  return startOf(pid) === started;
}

/** Sends a signal; a process that is gone already is no error. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already, or never ours to signal: the caller looks at isAlive next.
  }
}

/**
 * Kills leftovers and waits until the system has buried them.
 * @throws LocalStackError when one of them is still there after five seconds.
 */
export async function killAll(processes: Iterable<ProcessIdentity>): Promise<void> {
  const all = [...processes];
  for (const one of all) signal(one.pid, 'SIGKILL');
  const gone = () => !all.some(isAlive);
  await waitFor('the end of processes left by an earlier start', gone, { timeoutMs: 5_000 });
}

/** The start time of a running process, or undefined when there is none (a zombie counts as none). */
function startOf(pid: number): string | undefined {
  return existsSync('/proc/self/stat') ? startInProc(pid) : startByPs(pid);
}

function startInProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc_pid_stat(5): the name in parentheses may hold spaces; state is the next field, starttime the 22nd of all.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): string | undefined {
  try {
    const words = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return words.startsWith('Z') ? undefined : words.slice(words.indexOf(' ') + 1) || undefined;
  } catch {
    return undefined;
  }
}
