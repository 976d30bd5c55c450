import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { getCACertificates } from 'node:tls';
import { cacheFolder } from '../../../tools/local/cache-folder.mts';
import { ROOT } from '../program';
import { nodeBase } from './base';
import { Buildah, type ImageConfig } from './buildah';
import { Contained } from './contained';

const BUILD_TIMEOUT_MS = 300_000;

/** The image of this repository, built here, as a folder that programs can be started in. */
export class BuiltImage {
  readonly #running: Contained[] = [];

  /** Builds it; with everything cached that takes seconds. */
  static async build(): Promise<BuiltImage> {
    const work = mkdtempSync(path.join(os.tmpdir(), 'loopin-image-'));
    try {
      const buildah = await Buildah.in(path.join(cacheFolder(), 'image'));
      const base = await nodeBase(buildah);
      const npmrc = path.join(work, 'npmrc');
      writeFileSync(npmrc, npmSettings(), { mode: 0o600 });
      const rootfs = path.join(work, 'rootfs');
      const image = 'localhost/loopin-backend:test';
      const config = await buildah.build({
        image,
        base,
        context: ROOT,
        npmrc,
        rootfs,
        timeoutMs: BUILD_TIMEOUT_MS,
      });
      return new BuiltImage(work, rootfs, config);
    } catch (error) {
      rmSync(work, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(
    readonly work: string,
    /** Where its file system is on this machine. */
    readonly rootfs: string,
    readonly config: ImageConfig,
  ) {}

  /** Where a file of the image is on this machine. */
  file(...names: readonly string[]): string {
    return path.join(this.rootfs, this.config.WorkingDir, ...names);
  }

  /** Starts a command in it, read-only, with `env` on top of the image's own; the image's command when not given. */
  run(env: Readonly<Record<string, string>> = {}, command = this.config.Cmd): Contained {
    const program = new Contained(this.rootfs, this.config, command, env);
    this.#running.push(program);
    return program;
  }

  /** Ends what still runs in it, and removes its folder. */
  async remove(): Promise<void> {
    await Promise.all(this.#running.map((program) => program.kill()));
    rmSync(this.work, { recursive: true, force: true });
  }
}

/** This user's npm settings, and the authorities that this machine trusts: the build reaches the same registry. */
function npmSettings(): string {
  const file = process.env.npm_config_userconfig ?? path.join(os.homedir(), '.npmrc');
  const lines = existsSync(file) ? [readFileSync(file, 'utf8')] : [];
  const { npm_config_registry: registry } = process.env;
  if (registry) lines.push(`registry=${registry}`);
  if (process.env.NODE_EXTRA_CA_CERTS) {
    lines.push(...getCACertificates('default').map((certificate) => `ca[]=${JSON.stringify(certificate)}`));
  }
  return `${lines.join('\n')}\n`;
}
