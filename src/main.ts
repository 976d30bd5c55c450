import 'reflect-metadata';
import { assertNodeVersion } from './config/node-version';
import { holdYoungGeneration, releaseYoungGeneration } from './config/young-generation';

assertNodeVersion();
holdYoungGeneration();
void import('./start')
  .then(({ start }) => start())
  .then(releaseYoungGeneration)
  .catch((error: unknown) => {
    process.stderr.write(`not started: ${error instanceof Error ? error.message : 'unknown reason'}\n`);
    process.exit(1);
  });
