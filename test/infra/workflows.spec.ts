import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { whyNotNow } from '../../tools/infra/window-rule.mts';
import { ROOT } from '../support/program';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly uses?: string;
  readonly needs?: string;
  readonly if?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly Step[];
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = path.join(ROOT, '.github/workflows');
const files = readdirSync(FOLDER).sort();
const text = (file: string) => readFileSync(path.join(FOLDER, file), 'utf8');
const workflow = (file: string) => parse(text(file)) as Workflow;
const steps = (file: string) => Object.values(workflow(file).jobs).flatMap((job) => job.steps ?? []);

/** An expression of a workflow. */
const github = (inner: string) => '$'.concat(`{{ ${inner} }}`);

it('there are five', () => {
  expect(files).toEqual(['ci.yml', 'deploy-dev.yml', 'deploy-prod.yml', 'deploy-staging.yml', 'deploy.yml']);
});

describe.each(files)('%s', (file) => {
  it('pins each action by its full SHA, with the version beside it', () => {
    const uses = text(file)
      .split('\n')
      .filter((line) => /uses: (?!\.\/)/.test(line));
    expect(uses.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual(
      [],
    );
  });

  it('may read the code, and no more unless a job says so', () => {
    const { permissions, jobs } = workflow(file);
    expect(permissions).toEqual({ contents: 'read' });
    const wanted = { contents: 'read', 'id-token': 'write' };
    for (const { permissions: own } of Object.values(jobs))
      if (own !== undefined) expect(own).toEqual(wanted);
  });

  it('has no secret, and nothing that others write gets into a shell', () => {
    expect(text(file)).not.toMatch(/secrets\.|AWS_SECRET|pull_request_target/);
    expect(steps(file).filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('leaves no token of the repository behind, and ends', () => {
    for (const { uses, with: options } of steps(file)) {
      if (uses?.startsWith('actions/checkout@'))
        expect(options).toMatchObject({ 'persist-credentials': false });
    }
    for (const job of Object.values(workflow(file).jobs)) {
      expect(job.uses !== undefined || (job['timeout-minutes'] ?? 0) > 0).toBe(true);
    }
  });

  it('runs scripts that exist, as on a laptop', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = steps(file).flatMap(
      ({ run }) => /npm run (?:--silent )?([\w:]+)/.exec(run ?? '')?.[1] ?? [],
    );
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

it.each([
  ['dev', { push: { branches: ['main'] } }],
  ['staging', { schedule: [{ cron: '30 5 * * 1-5' }], workflow_dispatch: null }],
])('%s is deployed by itself, once the tests have passed', (stage, on) => {
  const { on: triggers, jobs } = workflow(`deploy-${stage}.yml`);
  expect(triggers).toEqual(on);
  expect(jobs[stage]).toMatchObject({ needs: 'ci', uses: './.github/workflows/deploy.yml', with: { stage } });
});

it('prod is deployed by hand, from main, with approval', () => {
  const { on, jobs } = workflow('deploy-prod.yml');
  expect(Object.keys(on)).toEqual(['workflow_dispatch']);
  expect(jobs.prod).toMatchObject({
    needs: 'ci',
    if: "github.ref == 'refs/heads/main'",
    with: { stage: 'prod' },
  });
  expect(workflow('deploy.yml').jobs.deploy?.environment).toBe(github('inputs.stage'));
});

it('a deployment asks for the time, checks, scans, pushes, migrates and deploys, in this order', () => {
  const order = steps('deploy.yml').map(({ name, run, uses }) => name ?? run ?? uses ?? '');
  const wanted = [
    'Is it time',
    'npm run deploy:check',
    'Build',
    'Scan',
    'Push the layers that were scanned',
    'Migrate',
    'Deploy',
  ];
  expect(order.filter((step) => wanted.includes(step))).toEqual(wanted);
  const scan = steps('deploy.yml').find(({ name }) => name === 'Scan');
  expect(scan?.with).toMatchObject({ severity: 'CRITICAL', 'exit-code': '1' });
  const deploy = steps('deploy.yml').find(({ name }) => name === 'Deploy');
  expect(deploy?.env?.IMAGE_DIGEST).toBe(github('steps.push.outputs.digest'));
});

describe('windows', () => {
  // IST is five and a half hours ahead
  it.each([
    ['prod', '2026-11-24T08:30:00Z', true],
    ['prod', '2026-11-26T10:29:59Z', true],
    ['prod', '2026-11-24T08:29:59Z', false],
    ['prod', '2026-11-26T10:30:00Z', false],
    ['prod', '2026-11-23T09:00:00Z', false],
    ['prod', '2026-11-27T09:00:00Z', false],
    ['staging', '2026-11-23T05:30:00Z', true],
    ['staging', '2026-11-22T05:30:00Z', false],
    ['staging', '2026-11-23T12:30:00Z', false],
    ['dev', '2026-11-22T20:00:00Z', true],
  ])('%s at %s: %s', (stage, now, open) => {
    expect(whyNotNow(stage, new Date(now)) === undefined).toBe(open);
  });
});
