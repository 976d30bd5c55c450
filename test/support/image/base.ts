import { appendFileSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { cached, cacheFolder } from '../../../tools/local/cache-folder.mts';
import type { Buildah } from './buildah';
import { debianMirror, findOnPath, release } from './machine';
import { runPrivately } from './privately';

const BOOTSTRAP_TIMEOUT_MS = 180_000;
const NPM = '/usr/local/lib/node_modules/npm';
/** As in the official image. */
const SEARCH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * A stand-in for the official Node image, made of what this machine can reach: its own Debian release from its own
 * mirror, with this Node and this npm. Both steps are cached, so that only the first run takes its time.
 * @returns the image's name, for `NODE_IMAGE`
 */
export async function nodeBase(buildah: Buildah): Promise<string> {
  const name = `localhost/loopin-node-base:${process.versions.node}-${release()}`;
  if (await buildah.has(name)) return name;
  const debian = await cached(debianFolder(), bootstrap);
  const container = await buildah.run(['from', 'scratch']);
  try {
    await buildah.run(['add', '--quiet', container, debian, '/']);
    await buildah.run(['add', '--quiet', container, process.execPath, '/usr/local/bin/node']);
    await buildah.run(['add', '--quiet', container, npmFolder(), NPM]);
    await buildah.run(['config', '--env', `PATH=${SEARCH_PATH}`, container]);
    await buildah.run(['commit', '--quiet', container, name]);
  } finally {
    await buildah.run(['rm', container]);
  }
  return name;
}

/** Where it is cached, without the drafts that killed tests left. */
function debianFolder(): string {
  const cache = cacheFolder();
  const name = `debian-${release()}-${process.arch}`;
  for (const draft of readdirSync(cache).filter((one) => one.startsWith(`${name}.`))) {
    rmSync(path.join(cache, draft), { recursive: true, force: true });
  }
  return path.join(cache, name);
}

/** Debian's smallest base, with the user and the link that the official image has. */
async function bootstrap(draft: string): Promise<void> {
  const command = ['debootstrap', '--variant=minbase', release(), draft, debianMirror()];
  await runPrivately(command, BOOTSTRAP_TIMEOUT_MS);
  for (const folder of ['var/cache/apt', 'var/lib/apt/lists']) {
    rmSync(path.join(draft, folder), { recursive: true, force: true });
    mkdirSync(path.join(draft, folder));
  }
  appendFileSync(path.join(draft, 'etc/passwd'), 'node:x:1000:1000::/home/node:/bin/sh\n');
  appendFileSync(path.join(draft, 'etc/group'), 'node:x:1000:\n');
  symlinkSync(
    path.posix.relative('/usr/local/bin', `${NPM}/bin/npm-cli.js`),
    path.join(draft, 'usr/local/bin/npm'),
  );
}

/** Of the npm that runs this test, else of the one on PATH. */
function npmFolder(): string {
  const program = process.env.npm_execpath ?? findOnPath('npm');
  if (program === undefined) throw new Error('there is no npm on PATH');
  return path.resolve(realpathSync(program), '../..');
}
