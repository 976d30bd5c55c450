import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const SOURCES = ['src', 'tools/cli'];
const BUILT = ['dist/src/main.js', 'dist/tools/cli/main.js'];

/** Builds when there is no build, or one that is older than a source. @throws Error when the build fails. */
export function buildIfStale(root: string, say: (line: string) => void): void {
  if (builtAt(root) > newestSource(root)) return;
  say('building …');
  const nest = path.join(root, 'node_modules/@nestjs/cli/bin/nest.js');
  const built = spawnSync(process.execPath, [nest, 'build'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (built.status !== 0) throw new Error('the build failed');
}

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
