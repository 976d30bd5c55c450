import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const SOURCES = ['src', 'tools/cli'];
const BUILT = ['dist/src/main.js', 'dist/tools/cli/main.js'];

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
  return Math.max(...files.map((entry) => time(path.join(entry.parentPath, entry.name))));
}

const time = (file: string): number => statSync(file).mtimeMs;
