import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const SOURCES = ['src', 'tools/cli', 'tools/build'];
/** Of the packages that are built in. */
const INSTALLED = 'node_modules/.package-lock.json';
const BUILT = ['dist/src/main.js', 'dist/tools/cli/main.js', 'dist/node_modules/.packages.js'];

/** Whether there is a build of the app, of whatever age. */
export const isBuilt = (root: string): boolean => builtAt(root) > 0;

/** Whether there is no build of the app, or one that is older than a source. */
export const isBuildStale = (root: string): boolean => builtAt(root) <= newestSource(root);

function builtAt(root: string): number {
  const times = BUILT.map((file) => path.join(root, file)).map((file) => (existsSync(file) ? time(file) : 0));
  return Math.min(...times);
}

function newestSource(root: string): number {
  const files = SOURCES.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true }),
  );
  const paths = files.map((entry) => path.join(entry.parentPath, entry.name));
  return Math.max(...[...paths, path.join(root, INSTALLED)].map(time));
}

const time = (file: string): number =>
  statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
