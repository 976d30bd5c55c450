import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Secrets } from './secrets.mts';

const run = promisify(execFile);
/** Postgres, where it runs as somebody else, has to enter. */
const STATE_MODE = 0o711;

/** Makes a state folder what that of a stopped stack is, under an id of its own: nothing has to be made anew then. */
export async function beginWith(template: string, state: string): Promise<void> {
  mkdirSync(state, { recursive: true });
  chmodSync(state, STATE_MODE);
  // node's own copies belong to us, and the data may belong to somebody else
  await run('cp', ['-a', path.join(template, 'postgres'), path.join(state, 'postgres')]);
  const secrets = JSON.parse(readFileSync(path.join(template, 'secrets.json'), 'utf8')) as Secrets;
  const own = JSON.stringify({ ...secrets, stateId: randomUUID() });
  writeFileSync(path.join(state, 'secrets.json'), own, { mode: 0o600 });
}

/** Where {@link beginWith} can begin: a state folder that Postgres can enter. */
export function makeTemplateFolder(template: string): void {
  mkdirSync(template, { recursive: true });
  chmodSync(template, STATE_MODE);
}
