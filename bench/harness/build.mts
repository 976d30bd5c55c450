import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { isBuildStale } from '../../tools/local/app/build-age.mts';

/** Builds when there is no build, or one that is older than a source. @throws Error when the build fails. */
export function buildIfStale(root: string, say: (line: string) => void): void {
  if (!isBuildStale(root)) return;
  say('building …');
  const program = path.join(root, 'tools/build/main.mts');
  const built = spawnSync(process.execPath, [program], { cwd: root, stdio: ['ignore', 2, 2] });
  if (built.status !== 0) throw new Error('the build failed');
}
