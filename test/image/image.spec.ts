import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { InvalidEnvironment, parseEnv } from '../../src/config/env';
import { BuiltImage } from '../support/image/built-image';
import type { Contained } from '../support/image/contained';
import { whyNoImageHere } from '../support/image/machine';
import { ROOT } from '../support/program';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

const BUILD_BOUND_MS = 400_000;
const START_BOUND_MS = 20_000;
const DRAIN_BOUND_MS = 15_000;

jest.setTimeout(60_000);

const obstacle = whyNoImageHere();
if (obstacle === undefined) {
  describe('the image', describeImage);
} else {
  it(`the image is not built on this machine: ${obstacle}`, () => {
    process.stderr.write(`image tests left out: ${obstacle}\n`);
    expect(obstacle).not.toBe('');
  });
}

function describeImage(): void {
  let image: BuiltImage;

  beforeAll(async () => {
    image = await BuiltImage.build();
  }, BUILD_BOUND_MS);
  afterAll(() => image?.remove());

  it('starts without a shell, as a user by number who is not root', () => {
    expect(image.config.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(image.config.Entrypoint ?? []).toEqual([]);
    expect(image.config.Cmd).toEqual(['node', 'dist/src/main.js']);
    expect(image.config.Healthcheck?.Test).toEqual(['CMD', 'node', 'dist/tools/cli/health-probe.js']);
    expect(image.config.Env).toContain('NODE_ENV=production');
  });

  it('holds dist, the production packages and the migrations, and nothing else', () => {
    expect(readdirSync(image.file()).sort()).toEqual(['dist', 'node_modules', 'package.json', 'supabase']);
    expect(readdirSync(image.file('dist')).sort()).toEqual(['src', 'tools']);
    expect(readdirSync(image.file('dist/tools'))).toEqual(['cli']);
    expect(readdirSync(image.file('supabase'))).toEqual(['migrations']);
    const needless = files(image.file()).filter((file) => /\.(ts|mts|cts|map)$|\.spec\.js$/.test(file));
    expect(needless).toEqual([]);
  });

  it('holds every production dependency, and none of development', () => {
    const { packages } = json<Lock>(path.join(ROOT, 'package-lock.json'));
    const development = Object.keys(packages).filter((key) => packages[key]?.dev === true);
    expect(development.length).toBeGreaterThan(100);
    expect(development.filter((key) => existsSync(image.file(key)))).toEqual([]);
    const { dependencies } = json<{ dependencies: Record<string, string> }>(image.file('package.json'));
    const missing = Object.keys(dependencies).filter((name) => !existsSync(image.file('node_modules', name)));
    expect(missing).toEqual([]);
  });

  it('leaves no cache and no secret of the build behind', () => {
    for (const folder of ['root', 'tmp', 'home']) {
      const left = files(path.join(image.rootfs, folder)).filter(
        (file) => !/\/\.(bashrc|profile)$/.test(file),
      );
      expect(left).toEqual([]);
    }
  });

  it('can write /tmp only, has its native password hash, and is not root', async () => {
    const program = image.run({}, ['node', '-e', INSIDE]);
    expect([await program.ended(), program.stderr]).toEqual([0, []]);
    const { uid, written, hash } = JSON.parse(program.stdout.join('')) as Inside;
    expect(uid).toBeGreaterThan(0);
    expect(written).toEqual(['/tmp']);
    expect(hash).toMatch(/^\$argon2id\$/);
  });

  it('says everything that is missing in an empty environment, and exits 78', async () => {
    const program = image.run();
    expect([await program.ended(), program.stdout]).toEqual([78, []]);
    const missing = problemsOf({});
    expect(missing.length).toBeGreaterThan(15);
    for (const problem of missing) expect(program.stderr).toContain(`  - ${problem}`);
  });

  describe('beside the local services', () => {
    let stack: TestStack;

    beforeAll(async () => {
      stack = await TestStack.start({ servicesOnly: true });
    });
    afterAll(() => stack?.stop());

    it('migrates the database', async () => {
      const program = image.run(stack.local.env, ['node', 'dist/tools/cli/main.js', 'migrate', '--json']);
      expect([await program.ended(), program.stderr]).toEqual([0, []]);
      const { applied } = JSON.parse(program.stdout.at(-1) ?? '') as { applied: string[] };
      const names = readdirSync(path.join(ROOT, 'supabase/migrations')).map((file) =>
        path.basename(file, '.sql'),
      );
      expect(applied).toEqual(names.sort());
    });

    it.each([
      ['web', 'off'],
      ['web', 'self-signed'],
      ['worker', 'off'],
    ] as const)('starts as %s with TLS %s, is healthy, and ends in order', async (mode, tls) => {
      const port = stack.local.ports[mode];
      const program = image.run({ ...stack.local.env, APP_MODE: mode, PORT: String(port), TLS_MODE: tls });
      const healthy = () => program.exec(image.config.Healthcheck?.Test.slice(1) ?? []).then(() => true);
      await waitFor(`a healthy ${mode}`, healthy, START_BOUND_MS).catch((error: unknown) =>
        fail(error, program),
      );
      if (tls === 'off') expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
      program.stop();
      const late = setTimeout(() => program.kill(), DRAIN_BOUND_MS);
      expect(await program.ended()).toBe(0);
      clearTimeout(late);
    });

    it('is unhealthy while nothing listens', async () => {
      const probe = image.run(
        { PORT: String(stack.local.ports.web) },
        image.config.Healthcheck?.Test.slice(1),
      );
      expect(await probe.ended()).toBe(1);
      expect(probe.stderr.join()).toContain('ECONNREFUSED');
    });
  });
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

interface Inside {
  readonly uid: number;
  readonly written: readonly string[];
  readonly hash: string;
}

/** Runs inside the image. */
const INSIDE = `
  const { writeFileSync } = require('node:fs');
  const canWrite = (folder) => { try { writeFileSync(folder + '/probe', ''); return true; } catch { return false; } };
  const written = ['/', '/app', '/app/dist', '/etc', '/var/tmp', '/root', '/home', '/dev', '/tmp'].filter(canWrite);
  const hash = require('@node-rs/argon2').hashSync('a long enough password');
  console.log(JSON.stringify({ uid: process.getuid(), written, hash }));
`;

function files(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function json<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

function problemsOf(source: NodeJS.ProcessEnv): readonly string[] {
  try {
    parseEnv(source);
    return [];
  } catch (error) {
    return error instanceof InvalidEnvironment ? error.problems : [];
  }
}

function fail(error: unknown, program: Contained): never {
  throw new Error(`${String(error)}\n${program.output()}`);
}
