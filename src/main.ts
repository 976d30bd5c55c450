import 'reflect-metadata';
import { assertNodeVersion } from './config/node-version';

assertNodeVersion();
void import('./start')
  .then(({ start }) => start())
  .catch((error: unknown) => {
    process.stderr.write(`not started: ${error instanceof Error ? error.message : 'unknown reason'}\n`);
    process.exit(1);
  });
