import { readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runPrivately, startPrivately } from './privately';

/** A cold disk takes a minute to read what a warm one has at hand. */
const COMMAND_TIMEOUT_MS = 180_000;
/** Layers of earlier builds are worth their room up to here: some 6 GB. */
const MAX_KEPT_IMAGES = 150;
/** How the storages begin that are no longer used. */
const DISCARDED = 'discarded-';

/** What the Dockerfile says about the image itself. */
export interface ImageConfig {
  readonly User?: string;
  readonly Env: readonly string[];
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
  readonly Healthcheck?: { readonly Test: readonly string[] };
}

export interface BuildOptions {
  /** The name that it gets. */
  readonly image: string;
  /** The image named by `NODE_IMAGE`. */
  readonly base: string;
  /** The folder with the Dockerfile. */
  readonly context: string;
  /** A file that npm reads during the build and the image never holds. */
  readonly npmrc: string;
  readonly timeoutMs: number;
}

/** Debian's buildah with a storage of its own, apart from whatever else this machine builds. */
export class Buildah {
  readonly #scratch: string;

  /**
   * Opens the storage and clears away what killed builds and tests left in it. Only one process may do so at a time.
   * @param folder of the cache: images, layers, and npm's downloads stay there
   */
  static async in(folder: string): Promise<Buildah> {
    const driver = (await canOverlay()) ? 'overlay' : 'vfs';
    const buildah = new Buildah(folder, path.join(folder, driver), driver);
    await buildah.#tidy();
    return buildah;
  }

  private constructor(
    folder: string,
    readonly storage: string,
    readonly driver: 'overlay' | 'vfs',
  ) {
    this.#scratch = folder;
  }

  /** @returns what it printed, trimmed */
  async run(args: readonly string[], timeoutMs = COMMAND_TIMEOUT_MS): Promise<string> {
    const { storage, driver } = this;
    const where = ['--root', storage, '--runroot', `${storage}-run`, '--storage-driver', driver];
    const env = { ...process.env, TMPDIR: this.#scratch };
    return (await runPrivately(['buildah', ...where, ...args], timeoutMs, env)).trim();
  }

  async has(image: string): Promise<boolean> {
    return lines(await this.run(['images', '--format', '{{.Name}}:{{.Tag}}'])).includes(image);
  }

  /** Builds a Dockerfile. @throws Error with the end of the build's output */
  async build({ image, base, context, npmrc, timeoutMs }: BuildOptions): Promise<ImageConfig> {
    // vfs copies the whole file system for each layer: minutes and gigabytes for what keeping them would save.
    const layered = this.driver === 'overlay';
    const args = [
      ...['--format', 'docker', '--isolation', 'chroot', '--network', 'host', '--pull=never'],
      ...(layered ? ['--layers'] : []),
      ...['--build-arg', `NODE_IMAGE=${base}`, '--secret', `id=npmrc,src=${npmrc}`, '--tag', image],
    ];
    await this.run(['bud', ...args, context], timeoutMs);
    if (!layered) await this.run(['rmi', '--prune']);
    const inspected = await this.run(['inspect', '--type', 'image', image]);
    return (JSON.parse(inspected) as { Docker: { config: ImageConfig } }).Docker.config;
  }

  /** A working container of an image. @returns its name */
  async container(image: string): Promise<string> {
    return this.run(['from', '--pull=never', '--name', `${CONTAINER}${process.pid}`, image]);
  }

  async #tidy(): Promise<void> {
    for (const name of readdirSync(this.#scratch).filter((one) => /^buildah\d+$/.test(one))) {
      rmSync(path.join(this.#scratch, name), { recursive: true, force: true });
    }
    const names = lines(await this.run(['containers', '--format', '{{.ContainerName}}']));
    const left = names.filter((name) => !isUsed(name));
    if (left.length > 0) await this.run(['rm', ...left]);
    const images = lines(await this.run(['images', '--all', '--quiet']));
    const unused = left.length === names.length;
    if (unused && images.length > MAX_KEPT_IMAGES) {
      renameSync(this.storage, path.join(this.#scratch, `${DISCARDED}${process.pid}`));
    }
    this.#removeDiscarded();
  }

  /** Nobody waits for it: some 300,000 files take minutes. What one test doesn't come to is the next one's. */
  #removeDiscarded(): void {
    const discarded = readdirSync(this.#scratch).filter((name) => name.startsWith(DISCARDED));
    if (discarded.length === 0) return;
    startPrivately(['nice', 'rm', '-rf', ...discarded.map((name) => path.join(this.#scratch, name))]);
  }
}

/** Followed by the pid of the test that uses it. */
const CONTAINER = 'loopin-test-';

function isUsed(container: string): boolean {
  if (!container.startsWith(CONTAINER)) return false;
  try {
    return process.kill(Number(container.slice(CONTAINER.length)), 0);
  } catch {
    return false;
  }
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Whether the kernel stacks folders here; inside some containers it does not. */
async function canOverlay(): Promise<boolean> {
  const attempt = [
    'mount -t tmpfs probe /mnt',
    'mkdir /mnt/lower /mnt/upper /mnt/work /mnt/merged',
    'mount -t overlay -o lowerdir=/mnt/lower,upperdir=/mnt/upper,workdir=/mnt/work probe /mnt/merged',
  ];
  return runPrivately(['sh', '-ec', attempt.join(' && ')], COMMAND_TIMEOUT_MS).then(
    () => true,
    () => false,
  );
}
