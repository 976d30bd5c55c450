import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { codeOf, LocalStackError } from './failure.mts';
import { SUPERVISOR } from './names.mts';
import type { Processes, ProcessTable } from './process-table.mts';

/**
 * Makes the state folder and takes it for this process: `$LOCAL_STATE/pid` is created by exactly one of many.
 * Returns what an earlier supervisor, which was killed, has left running.
 * @throws LocalStackError when a running supervisor has the folder, or when it cannot be written.
 */
export function claimState(state: string, table: ProcessTable): Processes {
  makeWritable(state);
  const left = table.alive();
  const holder = left.get(SUPERVISOR);
  if (holder && holder.pid !== process.pid) {
    throw new LocalStackError(
      `a local stack already runs on ${state} (pid ${holder.pid}): stop it with \`kill ${holder.pid}\`, or choose another folder with LOCAL_STATE`,
    );
  }
  rmSync(pidFile(state), { force: true });
  if (!create(pidFile(state))) throw new LocalStackError(`another local stack is just starting on ${state}`);
  table.record(SUPERVISOR, process.pid);
  return left;
}

/** Gives the folder back, unless somebody else has taken it meanwhile. */
export function releaseState(state: string): void {
  if (holderOf(state) === process.pid) rmSync(pidFile(state), { force: true });
}

/** The pid in `$LOCAL_STATE/pid`, whether that process still runs or not. */
export function holderOf(state: string): number | undefined {
  const file = pidFile(state);
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
}

function pidFile(state: string): string {
  return path.join(state, 'pid');
}

function create(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function makeWritable(state: string): void {
  try {
    mkdirSync(state, { recursive: true });
    accessSync(state, constants.W_OK);
  } catch (error) {
    throw new LocalStackError(
      `the state folder ${state} cannot be written (${codeOf(error)}): choose another one with LOCAL_STATE`,
    );
  }
}
