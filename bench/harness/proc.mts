// What Linux says of processes and of the machine. Times are nanoseconds.
import { readdirSync, readFileSync } from 'node:fs';

const NANOSECONDS_PER_TICK = 10_000_000;

/** Time on a core of all threads of a process; 0 when it is gone. */
export function cpuNanoseconds(pid: number): number {
  let sum = 0;
  for (const thread of list(`/proc/${pid}/task`)) {
    sum += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ', 1)[0]);
  }
  return sum;
}

/** Resident memory in megabytes (10⁶ bytes would be smaller: these are the MB of `ps` and `top`, 1024 × 1024). */
export function rssMegabytes(pid: number): number {
  return Number(/^VmRSS:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

/** A moment of the machine: what all its cores have worked, and what this process and all below it have. */
export interface Moment {
  readonly at: number;
  readonly busy: number;
  readonly ours: ReadonlyMap<number, number>;
}

export function lookAround(): Moment {
  const ours = new Map(family(process.pid).map((pid) => [pid, cpuNanoseconds(pid)]));
  return { at: performance.now(), busy: busyNanoseconds(), ours };
}

/** The share of the whole machine, 0 to 1, that others have used between two moments (stolen time counts). */
export function otherLoad(from: Moment, to: Moment, cores: number): number {
  let ours = 0;
  for (const [pid, nanoseconds] of to.ours) ours += nanoseconds - (from.ours.get(pid) ?? 0);
  const elapsed = (to.at - from.at) * 1e6 * cores;
  return Math.max(0, (to.busy - from.busy - ours) / elapsed);
}

/** Of the line `cpu user nice system idle iowait irq softirq steal …`, all but idle and iowait. */
function busyNanoseconds(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = read('/proc/stat')
    .split('\n', 1)
    .join()
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) * NANOSECONDS_PER_TICK;
}

/** A process and everything it has started, directly or not. */
function family(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of list('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(name);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

/** `pid (name) state ppid …`, where the name may hold anything. */
function parentOf(pid: string): number {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
