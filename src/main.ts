import 'reflect-metadata';
import { assertNodeVersion } from './config/node-version';
import { returnStartMemory } from './config/start-memory';

assertNodeVersion();
void import('./start')
  .then(({ start }) => start())
  .then(returnStartMemory)
  .catch((error: unknown) => {
    process.stderr.write(`not started: ${error instanceof Error ? error.message : 'unknown reason'}\n`);
    process.exit(1);
  });
