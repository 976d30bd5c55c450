import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PRIVATELY } from './privately';

/** Debian's packages, and the program of each that is looked for. */
const PROGRAMS = { buildah: 'buildah', debootstrap: 'debootstrap' };
const OLDEST_BUILDAH = [1, 28];
const INSTALL_TIMEOUT_MS = 120_000;
const LOOK_TIMEOUT_MS = 10_000;

/**
 * Makes this machine able to build and run an image without Docker; installs what is missing with apt.
 * @returns why that is not possible here, or undefined when it is
 */
export function whyNoImageHere(): string | undefined {
  if (process.platform !== 'linux') return `it needs Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'it needs root (to mount, and to change the root folder)';
  const missing = Object.entries(PROGRAMS).flatMap(([name, program]) => (findOnPath(program) ? [] : [name]));
  return installed(missing) ?? tooOld() ?? unableToUnshare();
}

/** The name of this machine's Debian release ("bookworm"), whose base the image gets. */
export function release(): string {
  const found = /^VERSION_CODENAME="?([a-z]+)/m.exec(readFileSync('/etc/os-release', 'utf8'));
  if (!found?.[1]) throw new Error('/etc/os-release names no VERSION_CODENAME');
  return found[1];
}

/** Where this machine's own apt gets its release from. @throws Error when it has no such source */
export function debianMirror(): string {
  const [origin, codename] = [
    /^ID="?([a-z]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1],
    release(),
  ];
  const format = '$(ORIGIN) $(CODENAME) $(COMPONENT) $(REPO_URI)';
  const look = () => output('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const find = (lines: string) =>
    lines.split('\n').flatMap((line) => {
      const [from = '', name, component, uri = ''] = line.split(' ');
      const ours = from.toLowerCase() === origin && name === codename && component === 'main';
      return ours && /^(https?|file):/.test(uri) ? [uri] : [];
    })[0];
  let mirror = find(look());
  if (mirror === undefined) {
    update();
    mirror = find(look());
  }
  if (mirror === undefined) throw new Error(`apt has no source for ${origin} ${codename} main`);
  return mirror;
}

function installed(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  if (!findOnPath('apt-get'))
    return `it needs ${names.join(' and ')}, and there is no apt to install them with`;
  try {
    if (!succeeds(() => install(names))) {
      update();
      install(names);
    }
    return undefined;
  } catch (error) {
    return `apt could not install ${names.join(' and ')}: ${lastLine(error)}`;
  }
}

function install(names: readonly string[]): string {
  return output('apt-get', ['install', '--yes', '--no-install-recommends', ...names], INSTALL_TIMEOUT_MS);
}

function update(): void {
  output('apt-get', ['update'], INSTALL_TIMEOUT_MS);
}

function tooOld(): string | undefined {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(output('buildah', ['--version'])) ?? [];
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_BUILDAH;
  const fits = Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor);
  return fits ? undefined : `it needs buildah ${OLDEST_BUILDAH.join('.')}, this is ${major}.${minor}`;
}

function unableToUnshare(): string | undefined {
  const [program = '', ...args] = PRIVATELY;
  try {
    output(program, [...args, 'mount', '-t', 'tmpfs', 'probe', '/mnt']);
    return undefined;
  } catch (error) {
    return `this machine allows no mounts in a namespace: ${lastLine(error)}`;
  }
}

function output(program: string, args: readonly string[], timeout = LOOK_TIMEOUT_MS): string {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  return execFileSync(program, args, { env, timeout, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function succeeds(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

/** Where a program of this machine is, if it is there. */
export function findOnPath(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, program)).find((file) => existsSync(file));
}

/** Not by `instanceof`: the `Error` of a jest test is not the one that Node throws. */
function lastLine(error: unknown): string {
  const { stderr = '', message } = error as Error & { stderr?: string };
  return stderr.trim().split('\n').at(-1) || message;
}
