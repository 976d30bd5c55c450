import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { hashSync, verifySync } from '@node-rs/argon2';
import { ARGON2_PARAMETERS } from './argon2.parameters';

const LOWEST_PRIORITY = 19;

export type Argon2Task =
  | { readonly id: number; readonly task: 'hash'; readonly password: string; readonly salt?: Uint8Array }
  | { readonly id: number; readonly task: 'verify'; readonly password: string; readonly hash: string };
export type Argon2Result =
  | { readonly id: number; readonly result: string | boolean }
  | { readonly id: number; readonly error: string };

// on Linux this is the priority of this thread alone
setPriority(0, LOWEST_PRIORITY);

parentPort?.on('message', (task: Argon2Task) => parentPort?.postMessage(answer(task)));

function answer(task: Argon2Task): Argon2Result {
  try {
    return { id: task.id, result: perform(task) };
  } catch (error) {
    return { id: task.id, error: error instanceof Error ? error.name : 'unknown' };
  }
}

const perform = (task: Argon2Task): string | boolean =>
  task.task === 'hash'
    ? hashSync(task.password, { ...ARGON2_PARAMETERS, ...(task.salt && { salt: task.salt }) })
    : verifySync(task.hash, task.password);
