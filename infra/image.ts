import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { named } from './names';
import type { StagePolicy } from './stage';

/** What the Dockerfile copies: the image changes when one of these does. */
const SOURCES = [
  'Dockerfile',
  '.dockerignore',
  'package.json',
  'package-lock.json',
  'nest-cli.json',
  'tsconfig.json',
  '.swcrc',
  'src',
  'tools/cli',
  'supabase/migrations',
];
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** Enough to roll back to any release of a year of weekly ones. */
const KEPT_IMAGES = 60;

export interface ServiceImage {
  /** By digest: what was scanned is what runs. */
  readonly uri: $util.Output<string>;
  readonly release: string;
  readonly repository: aws.ecr.Repository;
}

/** The one image of both services: the digest that CI pushed (`IMAGE_DIGEST`), else built here and now. */
export function createImage({ keepsData }: StagePolicy): ServiceImage {
  const repository = new aws.ecr.Repository('Images', {
    name: named('backend'),
    imageTagMutability: 'IMMUTABLE',
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfigurations: [{ encryptionType: 'AES256' }],
    forceDelete: !keepsData,
  });
  new aws.ecr.LifecyclePolicy('ImagesLifecycle', {
    repository: repository.name,
    policy: JSON.stringify({ rules: [keepNewest(KEPT_IMAGES)] }),
  });
  const digest = process.env.IMAGE_DIGEST ?? '';
  if (digest === '') return build(repository);
  if (!DIGEST.test(digest)) throw new Error('IMAGE_DIGEST must be sha256: and 64 hexadecimal digits');
  return {
    repository,
    release: digest.slice(7, 19),
    uri: $interpolate`${repository.repositoryUrl}@${digest}`,
  };
}

function keepNewest(countNumber: number) {
  const selection = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber };
  return {
    rulePriority: 1,
    description: `keep the newest ${countNumber}`,
    selection,
    action: { type: 'expire' },
  };
}

function build(repository: aws.ecr.Repository): ServiceImage {
  const release = `src-${fingerprint($cli.paths.root)}`;
  const login = aws.ecr.getAuthorizationTokenOutput({ registryId: repository.registryId });
  const image = new dockerbuild.Image('Image', {
    context: { location: $cli.paths.root },
    dockerfile: { location: path.join($cli.paths.root, 'Dockerfile') },
    platforms: ['linux/arm64'],
    // tags are immutable: the same sources have the same tag
    tags: [$interpolate`${repository.repositoryUrl}:${release}`],
    registries: [
      { address: login.proxyEndpoint, username: login.userName, password: $util.secret(login.password) },
    ],
    push: true,
  });
  return { repository, release, uri: $interpolate`${repository.repositoryUrl}@${image.digest}` };
}

function fingerprint(root: string): string {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((source) => filesOf(path.join(root, source)))) {
    hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, 12);
}

function filesOf(source: string): string[] {
  if (statSync(source).isFile()) return [source];
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
