import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const INSTALL_TIMEOUT_MS = 280_000;
const LOCK_POLL_MS = 500;

/** Where SST keeps its components and their packages; git ignores it. */
export function platformOf(root: string): string {
  return path.join(root, '.sst/platform');
}

/**
 * Installs SST's platform where it is missing or of another version: once a checkout, some 40 s from npm's registry.
 * It needs no AWS account. Two that ask at once wait for each other.
 * @throws when npm's registry can't be reached
 */
export async function ensurePlatform(root: string): Promise<void> {
  if (isInstalled(root)) return;
  const lock = path.join(root, '.sst/installing');
  mkdirSync(path.dirname(lock), { recursive: true });
  const until = performance.now() + INSTALL_TIMEOUT_MS;
  while (!taken(lock)) {
    if (performance.now() > until)
      throw new Error(`another installation has not ended: remove ${lock} if none runs`);
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
  try {
    if (!isInstalled(root)) install(root);
  } finally {
    rmSync(lock, { force: true });
  }
}

function isInstalled(root: string): boolean {
  const stamp = path.join(root, '.sst/installed');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted(root);
}

/** What is installed depends on SST's version and on the providers that the configuration names. */
function wanted(root: string): string {
  const { version } = JSON.parse(readFileSync(path.join(root, 'node_modules/sst/package.json'), 'utf8')) as {
    version: string;
  };
  return `${version}\n${readFileSync(path.join(root, 'sst.config.ts'), 'utf8')}`;
}

/** True when the lock is ours now; one whose holder is gone is taken away for the next try. */
function taken(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (!isHeld(lock)) rmSync(lock, { force: true });
    return false;
  }
}

function isHeld(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function install(root: string): void {
  const sst = path.join(root, 'node_modules/sst/bin/sst.mjs');
  const quiet = { SST_NO_BUN: '1', SST_SKIP_DEPENDENCY_CHECK: 'true', SST_TELEMETRY_DISABLED: '1' };
  const { status, stderr, stdout } = spawnSync(process.execPath, [sst, 'install', '--stage', 'dev'], {
    cwd: root,
    env: { ...process.env, ...quiet },
    encoding: 'utf8',
    timeout: INSTALL_TIMEOUT_MS,
  });
  const how = status === null ? `did not end within ${INSTALL_TIMEOUT_MS} ms` : 'failed';
  if (status !== 0) throw new Error(`sst install ${how}; it needs npm's registry:\n${stdout}${stderr}`);
  writeFileSync(path.join(root, '.sst/installed'), wanted(root));
}
