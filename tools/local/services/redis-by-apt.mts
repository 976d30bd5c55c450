import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { cached, cacheFolder } from '../cache-folder.mts';
import { LocalStackError, messageOf } from '../failure.mts';

const run = promisify(execFile);
const SERVERS = [
  ['redis-server', 'redis-tools'],
  ['valkey-server', 'valkey-tools'],
];
/** Only these are followed: libraries, and the package that holds the program itself. */
const WANTED = /^(lib|lua|redis|valkey)/;

/**
 * Downloads Redis and the libraries that this machine lacks as Debian packages, and unpacks them into the cache:
 * nothing is installed, and no rights are needed.
 * @throws LocalStackError saying how to get a Redis.
 */
export async function unpackedRedis(): Promise<string> {
  const cache = cacheFolder();
  try {
    return await cached(path.join(cache, `redis-${release()}-${process.arch}`), fill);
  } catch (error) {
    throw new LocalStackError(
      `no redis-server on PATH, and apt could not fetch one (${firstLine(error)}): install it with \`apt-get install redis-server\``,
    );
  }
}

async function fill(draft: string): Promise<void> {
  const apt = await aptOptions(draft);
  const downloads = path.join(draft, 'downloads');
  mkdirSync(downloads);
  await run('apt-get', [...apt, 'download', ...(await packages(apt))], { cwd: downloads });
  for (const file of readdirSync(downloads)) await run('dpkg', ['-x', path.join(downloads, file), draft]);
  rmSync(downloads, { recursive: true });
  rmSync(path.join(draft, 'apt'), { recursive: true, force: true });
}

/** The system's package lists where there are any, else our own, fetched into the draft. */
async function aptOptions(draft: string): Promise<string[]> {
  // Root's apt drops to a user `_apt`, which cannot write below a home with mode 0700.
  const asRoot = process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : [];
  if (await available(asRoot)) return asRoot;
  const lists = path.join(draft, 'apt/lists');
  const archives = path.join(draft, 'apt/cache');
  for (const folder of [lists, archives]) mkdirSync(path.join(folder, 'partial'), { recursive: true });
  const own = [...asRoot, '-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${archives}`];
  await run('apt-get', [...own, 'update']);
  return own;
}

async function available(apt: readonly string[]): Promise<string[] | undefined> {
  for (const names of SERVERS) {
    if (await knows(apt, names)) return names;
  }
  return undefined;
}

async function knows(apt: readonly string[], names: readonly string[]): Promise<boolean> {
  try {
    const { stdout } = await run('apt-cache', [...apt, 'show', '--no-all-versions', ...names]);
    return names.every((name) => stdout.includes(`Package: ${name}\n`));
  } catch {
    return false;
  }
}

/** The server's packages and, transitively, the libraries that are not installed here. */
async function packages(apt: readonly string[]): Promise<string[]> {
  const wanted = new Set(await available(apt));
  if (wanted.size === 0) throw new Error('its package lists know neither redis-server nor valkey-server');
  for (const name of wanted) {
    for (const needed of await dependencies(apt, name)) {
      if (!(await isInstalled(needed))) wanted.add(needed);
    }
  }
  return [...wanted];
}

async function dependencies(apt: readonly string[], name: string): Promise<string[]> {
  const { stdout } = await run('apt-cache', [...apt, 'depends', '--important', name]);
  const lines = [...stdout.matchAll(/^\s*\|?(?:Pre)?Depends: (\S+)$/gm)];
  return lines.map(([, found = '']) => found).filter((found) => WANTED.test(found));
}

async function isInstalled(name: string): Promise<boolean> {
  try {
    const { stdout } = await run('dpkg-query', ['--status', name]);
    return stdout.includes('Status: install ok installed');
  } catch {
    return false;
  }
}

/** "debian-12", "ubuntu-24.04": packages of one release do not fit another. */
function release(): string {
  const text = readFileSync('/etc/os-release', 'utf8');
  const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(text)?.[1] || 'unknown';
  return `${field('ID')}-${field('VERSION_ID')}`;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : messageOf(error);
  return (
    text
      .trim()
      .split('\n')
      .find((line) => line.startsWith('E:')) ??
    messageOf(error).split('\n')[0] ??
    ''
  );
}
