import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { LocalStackError } from '../failure.mts';
import { unpackedRedis } from './redis-by-apt.mts';

export interface RedisProgram {
  readonly command: string;
  /** Where the loader finds the libraries of an unpacked program. */
  readonly env: Readonly<Record<string, string>>;
}

const NAMES = ['redis-server', 'valkey-server'];
/** Where package managers put it, in case PATH is a short one. */
const USUAL_FOLDERS = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/local/bin'];

/**
 * The Redis of this machine, else one that Debian's or Ubuntu's packages give without being installed.
 * @throws LocalStackError saying how to get one.
 */
export async function redisProgram(): Promise<RedisProgram> {
  const found = onThisMachine();
  if (found) return { command: found, env: {} };
  if (!has('apt-get') || !has('dpkg')) throw new LocalStackError(HOW_TO_GET_ONE);
  return startable(await unpackedRedis());
}

const HOW_TO_GET_ONE =
  'no redis-server or valkey-server on PATH: install one (`brew install redis`, `apk add redis`, `dnf install valkey`, `pacman -S valkey`) and start again';

function startable(unpacked: string): RedisProgram {
  const command = NAMES.map((name) => path.join(unpacked, 'usr/bin', name)).find(existsSync) ?? '';
  const program = { command, env: { LD_LIBRARY_PATH: libraryFolders(unpacked).join(':') } };
  if (command && starts(program)) return program;
  throw new LocalStackError(
    `the Redis that apt gave, unpacked in ${unpacked}, does not start: remove that folder, or install Redis with \`apt-get install redis-server\``,
  );
}

function starts({ command, env }: RedisProgram): boolean {
  try {
    execFileSync(command, ['--version'], { env: { ...process.env, ...env }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** `usr/lib/x86_64-linux-gnu` and its like, on whatever processor this is. */
function libraryFolders(unpacked: string): string[] {
  const parents = ['usr/lib', 'lib'].map((name) => path.join(unpacked, name)).filter(existsSync);
  return parents.flatMap((parent) => [
    parent,
    ...readdirSync(parent)
      .filter((name) => name.includes('-linux-gnu'))
      .map((name) => path.join(parent, name)),
  ]);
}

function onThisMachine(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...USUAL_FOLDERS].filter(Boolean);
  return NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(existsSync);
}

function has(command: string): boolean {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .some((folder) => existsSync(path.join(folder, command)));
}
