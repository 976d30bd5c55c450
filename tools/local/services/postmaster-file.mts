import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** No system gives a process this number. */
const NO_PID = '2147483646';

/**
 * Makes the `postmaster.pid` of a killed Postgres tell the truth. Postgres refuses to start while the pid in it
 * exists. In a container it may: as a zombie that nothing buries, or as another process after a restart.
 * Only the pid is replaced: Postgres still checks by the rest of the file that no process of it is left.
 */
export function disownDeadPostmaster(data: string): void {
  const file = path.join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const [pid = '', ...rest] = readFileSync(file, 'utf8').split('\n');
  if (!commandOf(pid).includes(data)) writeFileSync(file, [NO_PID, ...rest].join('\n'));
}

/** The command line of a process; empty for a zombie and where there is none. */
function commandOf(pid: string): string {
  try {
    if (existsSync('/proc/self/cmdline')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'command=', '-p', pid], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
