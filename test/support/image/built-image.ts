import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { getCACertificates } from 'node:tls';
import { cacheFolder } from '../../../tools/local/cache-folder.mts';
import { ROOT } from '../program';
import { nodeBase } from './base';
import { Buildah, type ImageConfig } from './buildah';
import { Contained } from './contained';
import { exclusively } from './exclusively';

const IMAGE = 'localhost/loopin-backend:test';
const BUILD_TIMEOUT_MS = 300_000;

/** The image of this repository, built here, that programs can be started in. */
export class BuiltImage {
  readonly #running: Contained[] = [];

  /** Builds it; with everything cached that takes seconds. */
  static build(): Promise<BuiltImage> {
    const folder = path.join(cacheFolder(), 'image');
    return exclusively(path.join(folder, 'lock'), () => BuiltImage.#build(folder));
  }

  static async #build(folder: string): Promise<BuiltImage> {
    const buildah = await Buildah.in(folder);
    const base = await nodeBase(buildah);
    const work = mkdtempSync(path.join(os.tmpdir(), 'loopin-image-'));
    try {
      const npmrc = path.join(work, 'npmrc');
      writeFileSync(npmrc, npmSettings(), { mode: 0o600 });
      const config = await buildah.build({
        ...{ image: IMAGE, base, context: ROOT, npmrc },
        timeoutMs: BUILD_TIMEOUT_MS,
      });
      return new BuiltImage(buildah, await buildah.container(IMAGE), config);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  private constructor(
    readonly buildah: Buildah,
    readonly container: string,
    readonly config: ImageConfig,
  ) {}

  /**
   * Starts a command in it with a read-only root and nothing but the image's environment and `env`.
   * @param command the image's own when not given
   * @param user `uid:gid`; the image's own when not given
   */
  run(
    env: Readonly<Record<string, string>> = {},
    command = this.config.Cmd,
    user = this.config.User,
  ): Contained {
    const program = new Contained(this, { command, user: user ?? '0:0', env });
    this.#running.push(program);
    return program;
  }

  /** Every file below some of its folders, by its whole path. */
  async files(...folders: readonly string[]): Promise<string[]> {
    const program = this.run({}, ['node', '-e', LIST, ...folders], '0:0');
    if ((await program.ended()) !== 0) throw new Error(program.output());
    return program.stdout;
  }

  /** Ends what still runs in it, and removes the working container; layers stay for the next build. */
  async remove(): Promise<void> {
    await Promise.all(this.#running.map((program) => program.kill()));
    await this.buildah.run(['rm', this.container]);
  }
}

const LIST = `
  const { readdirSync } = require('node:fs');
  for (const folder of process.argv.slice(1)) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isDirectory()) console.log(entry.parentPath + '/' + entry.name);
    }
  }
`;

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
