import path from 'node:path';
import { runPrivately } from './privately';

const COMMAND_TIMEOUT_MS = 90_000;
/** Layers of earlier builds are worth their room up to here: some 6 GB. */
const MAX_KEPT_IMAGES = 150;

/** What the Dockerfile says about the image itself. */
export interface ImageConfig {
  readonly User?: string;
  readonly Env: readonly string[];
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
  readonly Healthcheck?: { readonly Test: readonly string[] };
}

/** Debian's buildah with a storage of its own, apart from whatever else this machine builds. */
export class Buildah {
  readonly #command: readonly string[];
  readonly #scratch: string;
  readonly #layered: boolean;

  /** @param folder of the cache: images, layers, and npm's downloads stay there */
  static async in(folder: string): Promise<Buildah> {
    const buildah = new Buildah(folder, (await canOverlay()) ? 'overlay' : 'vfs');
    const kept = await buildah.run(['images', '--all', '--quiet']);
    if (kept.split('\n').length > MAX_KEPT_IMAGES) await buildah.run(['rmi', '--all', '--force']);
    return buildah;
  }

  private constructor(folder: string, driver: 'overlay' | 'vfs') {
    this.#scratch = folder;
    const storage = path.join(folder, driver);
    this.#command = ['buildah', '--root', storage, '--runroot', `${storage}-run`, '--storage-driver', driver];
    // vfs copies the whole file system for each layer: minutes and gigabytes for what it would save.
    this.#layered = driver === 'overlay';
  }

  /** @returns what it printed, trimmed */
  async run(args: readonly string[], timeoutMs = COMMAND_TIMEOUT_MS): Promise<string> {
    const env = { ...process.env, TMPDIR: this.#scratch };
    return (await runPrivately([...this.#command, ...args], timeoutMs, env)).trim();
  }

  async has(image: string): Promise<boolean> {
    const names = await this.run(['images', '--format', '{{.Name}}:{{.Tag}}']);
    return names.split('\n').includes(image);
  }

  /**
   * Builds the Dockerfile of `context` and writes the image's whole file system below `rootfs`.
   * @param npmrc a file that the build's npm reads and the image never holds
   */
  async build(options: BuildOptions): Promise<ImageConfig> {
    const { image, base, context, npmrc, rootfs, timeoutMs } = options;
    const args = [
      ...['--format', 'docker', '--isolation', 'chroot', '--network', 'host', '--pull=never'],
      ...(this.#layered ? ['--layers'] : []),
      ...['--build-arg', `NODE_IMAGE=${base}`, '--secret', `id=npmrc,src=${npmrc}`],
      ...['--output', `type=local,dest=${rootfs}`, '--tag', image, context],
    ];
    await this.run(['bud', '--quiet', ...args], timeoutMs);
    if (!this.#layered) await this.run(['rmi', '--prune']);
    const inspected = await this.run(['inspect', '--type', 'image', image]);
    return (JSON.parse(inspected) as { Docker: { config: ImageConfig } }).Docker.config;
  }
}

export interface BuildOptions {
  readonly image: string;
  readonly base: string;
  readonly context: string;
  readonly npmrc: string;
  readonly rootfs: string;
  readonly timeoutMs: number;
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
