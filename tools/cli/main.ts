import 'reflect-metadata';
import { Command } from 'commander';
import { assertNodeVersion } from '../../src/config/node-version';
import { addAdminCommands } from './admin.command';
import { addApiKeyCommands } from './api-key.command';
import { addMigrateCommand } from './migrate.command';

assertNodeVersion();

/** The operators' commands. Each reads the same environment as the services; `--json` prints one line for scripts. */
const program = new Command('loopin').description('Operators’ commands of Loopin Backend');
addMigrateCommand(program);
addAdminCommands(program);
addApiKeyCommands(program);

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
