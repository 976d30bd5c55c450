import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { InvalidEnvironment, parseEnv } from '../../src/config/env';
import { WEB_AND_WORKER } from '../../tools/local/app/commands.mts';
import { BuiltImage } from '../support/image/built-image';
import type { Contained } from '../support/image/contained';
import { whyNoImageHere } from '../support/image/machine';
import { ROOT } from '../support/program';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

const BUILD_BOUND_MS = 600_000;
const START_BOUND_MS = 30_000;
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
  let files: readonly string[];

  beforeAll(async () => {
    image = await BuiltImage.build();
    files = await image.files('/app', '/root', '/home', '/tmp');
  }, BUILD_BOUND_MS);
  afterAll(() => image?.remove());

  it('starts without a shell, as a user by number who is not root', () => {
    expect(image.config.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(image.config.Entrypoint ?? []).toEqual([]);
    expect(image.config.Cmd).toEqual(['node', ...WEB_AND_WORKER]);
    expect(image.config.Healthcheck?.Test).toEqual(['CMD', 'node', 'dist/tools/cli/health-probe.js']);
    expect(image.config.Env).toContain('NODE_ENV=production');
  });

  it('holds dist, the production packages and the migrations, and no cache or secret of the build', () => {
    const allowed =
      /^\/app\/(package\.json$|node_modules\/|supabase\/migrations\/\d+_\w+\.sql$|dist\/(node_modules|src|tools\/cli)\/)/;
    const home = /^\/root\/\.(bashrc|profile)$/;
    expect(files.filter((file) => !allowed.test(file) && !home.test(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['/app/dist/src/main.js', '/app/dist/tools/cli/main.js']));
  });

  it('holds no source, no map and no test', () => {
    expect(files.filter((file) => /\.(ts|mts|cts|map)$|\/dist\/.*\.spec\.js$/.test(file))).toEqual([]);
  });

  it('holds every production dependency, and none of development', () => {
    const { packages } = json<Lock>('package-lock.json');
    const has = (key: string) => files.includes(`/app/${key}/package.json`);
    const development = Object.keys(packages).filter((key) => packages[key]?.dev === true);
    expect(development.length).toBeGreaterThan(100);
    expect(development.filter(has)).toEqual([]);
    const names = Object.keys(json<{ dependencies: Record<string, string> }>('package.json').dependencies);
    expect(names.filter((name) => !has(`node_modules/${name}`))).toEqual([]);
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
      const migrations = readdirSync(path.join(ROOT, 'supabase/migrations'));
      expect(applied).toEqual(migrations.map((file) => path.basename(file, '.sql')).sort());
    });

    it.each([
      ['web', 'off'],
      ['web', 'self-signed'],
      ['worker', 'off'],
    ] as const)('starts as %s with TLS %s, is healthy, and ends in order', async (mode, tls) => {
      const port = stack.local.ports[mode];
      const program = image.run({ ...stack.local.env, APP_MODE: mode, PORT: String(port), TLS_MODE: tls });
      await becomesHealthy(program);
      if (tls === 'off') expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
      program.stop();
      const late = setTimeout(() => program.kill(), DRAIN_BOUND_MS);
      expect(await program.ended()).toBe(0);
      clearTimeout(late);
    });

    it('is unhealthy while nothing listens', async () => {
      const probe = image.run({ PORT: String(stack.local.ports.web) }, healthCheck());
      expect(await probe.ended()).toBe(1);
      expect(probe.stderr.join()).toContain('ECONNREFUSED');
    });
  });

  function healthCheck(): readonly string[] {
    return image.config.Healthcheck?.Test.slice(1) ?? [];
  }

  async function becomesHealthy(program: Contained): Promise<void> {
    const look = async () => !program.running || (await program.exec(healthCheck()).then(() => true));
    await waitFor('a healthy service', look, START_BOUND_MS).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${program.output()}`);
    });
    if (!program.running) throw new Error(`it has ended: ${program.output()}`);
  }
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

function json<T>(file: string): T {
  return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as T;
}

function problemsOf(source: NodeJS.ProcessEnv): readonly string[] {
  try {
    parseEnv(source);
    return [];
  } catch (error) {
    return error instanceof InvalidEnvironment ? error.problems : [];
  }
}
