import { execFile } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { publicFolder } from '../cache-folder.mts';
import { LocalStackError, messageOf } from '../failure.mts';
import type { Secrets } from '../secrets.mts';
import { canEnter, type PostgresUser } from './postgres-user.mts';

const run = promisify(execFile);
const OWNER_FILE = 'state-folder';

/**
 * Where the data of a state folder lives: inside it, or, where the Postgres user cannot reach it (root below a
 * home with mode 0700), outside, under the random id of that state folder.
 */
export function dataFolder(state: string, secrets: Secrets, user: PostgresUser): string {
  const inside = path.join(state, 'postgres');
  if (canEnter(user, state)) return inside;
  const outside = path.join(publicFolder(), 'data');
  removeAbandoned(outside);
  const home = path.join(outside, secrets.stateId);
  mkdirSync(home, { recursive: true, mode: 0o755 });
  writeFileSync(path.join(home, OWNER_FILE), state);
  return path.join(home, 'postgres');
}

/**
 * Runs initdb unless the folder is a database cluster already. The password of the superuser is `password`.
 * @throws LocalStackError with what initdb says.
 */
export async function initialise(
  programs: string,
  data: string,
  password: string,
  user: PostgresUser,
): Promise<void> {
  if (existsSync(path.join(data, 'PG_VERSION'))) return;
  const draft = `${data}.draft`;
  const passwordFile = `${data}.password`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  give([draft, passwordFile], user);
  const args = ['-D', draft, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  const locale = ['-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  try {
    await run(path.join(programs, 'bin/initdb'), [...args, ...locale, '--no-sync'], { ...user, cwd: '/' });
  } catch (error) {
    throw new LocalStackError(`Postgres could not make its data folder: ${messageOf(error)}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  // A start that was killed half-way leaves a draft, never half a cluster.
  renameSync(draft, data);
}

function give(files: readonly string[], { uid, gid }: PostgresUser): void {
  if (uid === undefined || gid === undefined) return;
  for (const file of files) chownSync(file, uid, gid);
}

/** Data outside of a state folder goes when that folder is gone or has been made anew. */
function removeAbandoned(outside: string): void {
  if (!existsSync(outside)) return;
  for (const id of readdirSync(outside)) {
    const ownerFile = path.join(outside, id, OWNER_FILE);
    // No such file yet: another start is just making this folder.
    if (!existsSync(ownerFile) || stateIdOf(readFileSync(ownerFile, 'utf8')) === id) continue;
    rmSync(path.join(outside, id), { recursive: true, force: true });
  }
}

function stateIdOf(state: string): string | undefined {
  try {
    const secrets = JSON.parse(readFileSync(path.join(state, 'secrets.json'), 'utf8')) as Secrets;
    return secrets.stateId;
  } catch {
    return undefined;
  }
}
