import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU time that all threads of a process have used until now, in nanoseconds (proc(5), schedstat). It tells what work
 * was done, however busy the machine is: a clock would tell who else was at work.
 */
export function cpuNanoseconds(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks)
    .map((task) => Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ', 1)[0]))
    .reduce((sum, used) => sum + used, 0);
}

/** The work of two calls, measured in turns so that what warms up does so for both. @returns larger ÷ smaller */
export async function workRatio(
  pid: number,
  rounds: number,
  calls: readonly [() => Promise<unknown>, () => Promise<unknown>],
): Promise<number> {
  const used: [number, number] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    for (const which of [0, 1] as const) {
      const before = cpuNanoseconds(pid);
      await calls[which]();
      used[which] += cpuNanoseconds(pid) - before;
    }
  }
  return Math.max(...used) / Math.min(...used);
}
