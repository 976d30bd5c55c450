// `npm run deploy:check`: all of a deployment that can be run without an account, before one is touched.
import '../node-version.mjs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const JEST = ['node_modules/jest/bin/jest.js', '--ci', '--runInBand', '--selectProjects', 'infra'];
const STEPS: Readonly<Record<string, readonly string[]>> = {
  'SST’s platform': ['tools/infra/install.mts'],
  'types of infra': ['node_modules/typescript/bin/tsc', '--noEmit', '--project', 'infra'],
  'the stages, their policies, environment, costs, workflows and documents': JEST,
};

for (const [name, args] of Object.entries(STEPS)) {
  const begin = performance.now();
  const { status } = spawnSync(process.execPath, [...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
  process.stdout.write(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}  ${seconds} s\n`);
  if (status !== 0) process.exit(1);
}
