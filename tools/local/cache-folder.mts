import { lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { codeOf, LocalStackError } from './failure.mts';

const NAME = 'loopin-backend';

/** The per-user folder for what is the same for every state folder: unpacked programs. */
export function cacheFolder(): string {
  const home = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  return firstUsable([path.join(home, NAME), ...sharedFolders()]);
}

/** A folder outside every home, which other users can read: for programs that must run without our rights. */
export function publicFolder(): string {
  return firstUsable(sharedFolders());
}

/**
 * Fills a folder of the cache once. `fill` works in a draft that is then renamed, so that two starts side by side
 * never see half of it; the slower one throws its own draft away.
 */
export async function cached(folder: string, fill: (draft: string) => void | Promise<void>): Promise<string> {
  if (isFolder(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o755 });
  try {
    await fill(draft);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!isFolder(folder)) throw error;
  }
  return folder;
}

function sharedFolders(): string[] {
  const owned = `${NAME}-${process.getuid?.() ?? os.userInfo().username}`;
  return ['/var/tmp', os.tmpdir(), '/tmp'].map((parent) => path.join(parent, owned));
}

function firstUsable(folders: readonly string[]): string {
  const found = folders.find(isOurs);
  if (found) return found;
  throw new LocalStackError(
    `none of ${folders.join(', ')} can be written: set XDG_CACHE_HOME to a folder that can`,
  );
}

/** Makes it when missing. A folder of that name that belongs to somebody else is not trusted. */
function isOurs(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const found = lstatSync(folder);
    return found.isDirectory() && (!process.getuid || found.uid === process.getuid());
  } catch {
    return false;
  }
}

function isFolder(folder: string): boolean {
  try {
    return lstatSync(folder).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
