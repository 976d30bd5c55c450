import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Who runs where, as lists that `taskset -c` takes. */
export interface Cores {
  readonly all: string;
  /** The server under test, alone. */
  readonly server: string;
  /** Load, database, Redis, queue and this process. */
  readonly load: string;
  readonly count: number;
  /** Why nothing is pinned, when that is so. */
  readonly unpinned: string | undefined;
}

/** Server and load on separate cores where that can be had. */
export function chooseCores(): Cores {
  const numbers = allowedCores();
  const all = numbers.join(',');
  const [server, ...rest] = numbers;
  const unpinned =
    rest.length === 0
      ? 'there is one core only: server and load share it'
      : spawnSync('taskset', ['-V']).status === 0
        ? undefined
        : 'there is no taskset: the system places server and load where it likes';
  if (unpinned !== undefined) return { all, server: all, load: all, count: numbers.length, unpinned };
  return { all, server: String(server), load: rest.join(','), count: numbers.length, unpinned };
}

/** Moves this process, and with it all that it starts from now on. */
export function moveSelf(cores: Cores, list: string): void {
  if (cores.unpinned !== undefined) return;
  spawnSync('taskset', ['-a', '-c', '-p', list, String(process.pid)]);
}

/** The command line that runs a command on some cores. */
export function onCores(cores: Cores, list: string, command: readonly string[]): readonly string[] {
  return cores.unpinned === undefined ? ['taskset', '-c', list, ...command] : command;
}

/** `Cpus_allowed_list: 0-3,6` of this process. */
function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    if (first === undefined || last === undefined) return [];
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
