import 'reflect-metadata';
import { assertNodeVersion } from './config/node-version';
import { releaseStartMemory } from './config/start-memory';

assertNodeVersion();
void import('./start')
  .then(({ start }) => start())
  .then(releaseStartMemory)
  .catch((error: unknown) => {
    process.stderr.write(`not started: ${error instanceof Error ? error.message : 'unknown reason'}\n`);
    process.exit(1);
  });
