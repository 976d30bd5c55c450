import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Step } from './step.mts';

const MINUTE_MS = 60_000;
const CHECK_TIMEOUT_MS = 5 * MINUTE_MS;
const JEST_TIMEOUT_MS = 14 * MINUTE_MS;
const AFTER_BUILD = ['build'];
/** Where the tests find it, in the folder of the run. */
const TEMPLATE = 'template';
const SOURCES = ['src', 'tools', 'test', 'bench', 'infra'];

/** `npm run check`: what needs no service. The demo speaks by types that are made from the API's own document. */
export function checkSteps(root: string, results: string): Step[] {
  const sources = SOURCES.filter((folder) => existsSync(path.join(root, folder)));
  return [
    check('build', ['tools/build/main.mts']),
    { ...check('api document', ['tools/openapi/main.mts']), after: AFTER_BUILD },
    check('format', ['node_modules/@biomejs/biome/bin/biome', 'format']),
    check('lint', [
      'node_modules/@biomejs/biome/bin/biome',
      'check',
      '--formatter-enabled=false',
      '--error-on-warnings',
    ]),
    { ...check('types', ['node_modules/typescript/bin/tsc', '--noEmit']), after: ['api document'] },
    {
      ...check('directions', ['node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', ...sources]),
      after: ['api document'],
    },
    { ...check('dead code', ['node_modules/knip/bin/knip.js']), after: ['api document'] },
    check('source rules', ['tools/testing/source-rules.mts', ...sources, 'supabase']),
    { ...jest('unit', results), timeoutMs: CHECK_TIMEOUT_MS },
  ];
}

/** `npm test`: everything, the longest first and what mostly waits beside it; what needs the built dist/ after the build. */
export function allSteps(root: string, results: string): Step[] {
  const template = check('template', ['tools/testing/template.mts', path.join(results, TEMPLATE)]);
  const after = ['build', 'template'];
  const checks = checkSteps(root, results);
  return [
    ...checks.filter(({ name }) => name === 'build'),
    { ...template, after: AFTER_BUILD },
    { ...jest('chaos', results), after },
    ...halves(jest('e2e', results)).map((half) => ({ ...half, after })),
    jest('integration', results),
    { ...jest('image', results), after: AFTER_BUILD },
    { ...jest('local', results), after: AFTER_BUILD },
    ...checks.filter(({ name }) => name !== 'build'),
    ...infraSteps(results),
  ];
}

/** The platform's types and components are installed once, mostly waiting for the network. */
function infraSteps(results: string): Step[] {
  const after = ['infra platform'];
  return [
    check('infra platform', ['tools/infra/install.mts']),
    { ...check('infra types', ['node_modules/typescript/bin/tsc', '--noEmit', '--project', 'infra']), after },
    { ...jest('infra', results), after },
  ];
}

function check(name: string, args: readonly string[]): Step {
  return { name, args, timeoutMs: CHECK_TIMEOUT_MS };
}

function jest(name: string, folder: string): Step {
  const results = path.join(folder, `${name}.json`);
  const args = ['node_modules/jest/bin/jest.js', '--ci', '--selectProjects', name, '--runInBand'];
  return {
    name,
    args: [...args, '--json', `--outputFile=${results}`],
    results,
    timeoutMs: JEST_TIMEOUT_MS,
  };
}

/** Its files in two steps, which can run side by side. */
function halves(step: Step): Step[] {
  return [1, 2].map((half) => {
    const results = `${step.results}.${half}`;
    const args = step.args.map((arg) => (arg.startsWith('--outputFile=') ? `--outputFile=${results}` : arg));
    return { ...step, name: `${step.name} ${half} of 2`, args: [...args, `--shard=${half}/2`], results };
  });
}
