// `npm test` runs everything that this machine can run; `npm run check` the quick part of it.
import '../node-version.mjs';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { allSteps, checkSteps } from './plan.mts';
import { Runner } from './runner.mts';

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const root = path.resolve(import.meta.dirname, '../..');
const [part = 'all', ...rest] = process.argv.slice(2);
if (rest.length > 0 || !['all', 'check'].includes(part)) {
  process.stderr.write('usage: npm test, or npm run check\n');
  process.exit(64);
}

const results = mkdtempSync(path.join(os.tmpdir(), 'loopin-results-'));
// what the tests leave there goes with it, also after an interruption; Postgres may run as somebody who has to enter
process.env.LOOPIN_TEST_RUN = results;
chmodSync(results, 0o711);
// the stacks of one run start the same programs some fifty times
process.env.NODE_COMPILE_CACHE ??= path.join(results, 'compile-cache');
const runner = new Runner(root, part === 'check' ? checkSteps(root, results) : allSteps(root, results));
let exitCode: number | undefined;
for (const [name, code] of Object.entries(SIGNALS)) {
  process.on(name, () => {
    exitCode = code;
    runner.stop(name);
  });
}

const { passed, failed } = await runner.run();
rmSync(results, { recursive: true, force: true });
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = exitCode ?? (failed === 0 ? 0 : 1);
