import { execFileSync } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { LocalStackError } from '../failure.mts';

/** As whom Postgres runs; both undefined: as ourselves. */
export interface PostgresUser {
  readonly uid?: number;
  readonly gid?: number;
}

const CANDIDATES = ['postgres', 'nobody'];

/**
 * Postgres refuses to run as root: root's stack runs it as an unprivileged user. An existing data folder keeps its
 * owner, so that a user `postgres` that appears later changes nothing.
 * @throws LocalStackError when root finds no such user.
 */
export function postgresUser(dataFolder: string): PostgresUser {
  if (process.getuid?.() !== 0) return {};
  const owner = ownerOf(dataFolder);
  if (owner) return owner;
  for (const name of CANDIDATES) {
    const ids = idsOf(name);
    if (ids) return ids;
  }
  throw new LocalStackError(
    `Postgres does not run as root, and there is no user ${CANDIDATES.join(' or ')} to run it as: run the local stack as an ordinary user`,
  );
}

/** Whether that user can enter a folder: none below a home with mode 0700, for instance. */
export function canEnter(user: PostgresUser, folder: string): boolean {
  if (user.uid === undefined) return true;
  return succeeds('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], user);
}

/** Whether a program runs as that user. */
export function succeeds(command: string, args: readonly string[], user: PostgresUser): boolean {
  try {
    execFileSync(command, args, { ...user, cwd: '/', stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function ownerOf(folder: string): PostgresUser | undefined {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

function idsOf(name: string): PostgresUser | undefined {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
