import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { Algorithm, hashSync, verifySync } from '@node-rs/argon2';

/** OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, 2 passes, 1 lane. */
const PARAMETERS = { algorithm: Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
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
    ? hashSync(task.password, { ...PARAMETERS, ...(task.salt && { salt: task.salt }) })
    : verifySync(task.hash, task.password);
