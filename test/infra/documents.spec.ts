import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SECRETS } from '../../infra/environment';
import { InvalidEnvironment, parseEnv } from '../../src/config/env';
import { drawing } from '../../tools/infra/drawing.mts';
import { graphOf, STAGES, select } from '../support/infra/graph';
import { ROOT } from '../support/program';

const REQUIRED_BY_CLI = missingFromCli();
const RUNBOOKS = readdirSync(path.join(ROOT, 'docs/runbooks')).map((file) => `docs/runbooks/${file}`);
const PAGES = [
  'README.md',
  ...[
    'deploy',
    'disaster-recovery',
    'threat-model',
    'risk-register',
    'change-process',
    'infrastructure',
    'image',
  ].map((name) => `docs/${name}.md`),
  ...RUNBOOKS,
];
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const there = (file: string) => existsSync(path.join(ROOT, file));
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

it.each(STAGES)('every alarm of %s has its runbook', (stage) => {
  const missing = select(graphOf(stage), 'MetricAlarm')
    .map(
      ({ name, inputs }) =>
        [name, / Runbook: (\S+)$/.exec(String(inputs.alarmDescription))?.[1] ?? ''] as const,
    )
    .filter(([, file]) => !there(file));
  expect(missing).toEqual([]);
});

it('every mail about a secret has its runbook', () => {
  const mails = select(graphOf('prod'), 'scheduler/schedule:Schedule', /^Rotate/);
  const files = mails.map(({ inputs }) => / Runbook: (\S+)$/.exec(String(inputs.description))?.[1] ?? '');
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((file) => !there(file))).toEqual([]);
  const text = read('docs/runbooks/rotate-secrets.md');
  expect(
    mails.map(({ inputs }) => String(inputs.name)).filter((what) => !text.includes(`| \`${what}\` |`)),
  ).toEqual([]);
});

describe.each(PAGES)('%s', (page) => {
  it('leads nowhere that is not there', () => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g)].map(([, link]) =>
      String(link),
    );
    expect(links.filter((link) => !there(path.join(path.dirname(page), link)))).toEqual([]);
  });

  it('names files that are there', () => {
    const named = [...read(page).matchAll(/`((?:src|infra|test|tools|supabase|\.github)\/[\w./-]+)`/g)].map(
      ([, file]) => String(file),
    );
    expect(named.filter((file) => !there(file))).toEqual([]);
  });

  it('names commands that are there', () => {
    const named = [...read(page).matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name]) => String(name));
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

it('every threat says where it is met and which test holds it', () => {
  const rows = read('docs/threat-model.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (threat|risk) /.test(line));
  expect(rows.length).toBeGreaterThanOrEqual(15 + 10);
  const empty = rows.filter((line) => {
    const cells = line.split('|').slice(1, -1);
    return !/`[\w./-]+`/.test(cells.at(-2) ?? '') || !/`test\/[\w./-]+\.spec\.ts`/.test(cells.at(-1) ?? '');
  });
  expect(empty).toEqual([]);
});

it('the guide asks for secrets that there are', () => {
  const guide = read('docs/deploy.md').split('8. **Secrets,**')[1]?.split('\n9. ')[0] ?? '';
  const rows = [...guide.matchAll(/^ +\| `([\w-]+)` \| (`[A-Z_`, ]+) \|/gm)];
  expect(rows.length).toBeGreaterThan(4);
  for (const [, secret, names] of rows) {
    const keys = [...String(names).matchAll(/`([A-Z_]+)`/g)].map(([, key]) => key);
    const known = Object.entries(SECRETS).flatMap(([key, entry]) => (entry.secret === secret ? [key] : []));
    expect(keys.filter((key) => !known.includes(String(key)))).toEqual([]);
  }
});

it('an operator’s command finds in web’s container what it reads', () => {
  const web = select(graphOf('prod'), 'TaskDefinition', /^WebTask$/)[0];
  expect(web?.inputs.family).toBe('loopin-prod-cluster-Web');
  const containers = (web?.inputs.containerDefinitions ?? []) as Record<string, { name: string }[]>[];
  const [container] = containers;
  const given = [...(container?.environment ?? []), ...(container?.secrets ?? [])].map(({ name }) => name);
  expect(REQUIRED_BY_CLI.filter((name) => !given.includes(name))).toEqual([]);
});

it('the picture is what the infrastructure is: npm run infra:diagram', () => {
  expect(read('docs/infrastructure.md')).toBe(drawing(graphOf('prod')));
});

it('the image gives its /tmp to a read-only root, with the mode of the image’s own folder', () => {
  const final =
    read('Dockerfile')
      .split(/^FROM /m)
      .at(-1) ?? '';
  expect(final).toContain('VOLUME ["/tmp"]');
  expect(final).toContain('USER 1000:1000');
});

function missingFromCli(): string[] {
  try {
    parseEnv({}, 'cli');
    return [];
  } catch (error) {
    if (!(error instanceof InvalidEnvironment)) throw error;
    return error.problems.map((line) => line.replace(' is missing', ''));
  }
}
