import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { Command } from 'commander';
import { assertNodeVersion } from '../../src/config/node-version';
import { DomainError, NotFound } from '../../src/shared/domain-error';
import { useIssueWords } from '../../src/shared/issue-words';
import { addAdminCommands } from './admin.command';
import { addApiKeyCommands } from './api-key.command';
import { addAppConfigCommands } from './app-config.command';
import { addAuditCommands } from './audit.command';
import { addDlqCommands } from './dlq.command';
import { addJobsCommands } from './jobs.command';
import { addKeysCommands } from './keys.command';
import { addMigrateCommand } from './migrate.command';
import { addPrivacyCommands } from './privacy.command';
import { addQueuesCommand } from './queues.command';
import { addRetentionCommands } from './retention.command';
import { addSchedulesCommands } from './schedules.command';
import { addWebhooksCommands } from './webhooks.command';

assertNodeVersion();
useIssueWords();
// stdout is for what was asked for
Logger.overrideLogger(['warn', 'error', 'fatal']);

/** The operators' commands. Each reads the same environment as the services; `--json` prints one line for scripts. */
const program = new Command('loopin')
  .description('Operators’ commands of Loopin Backend')
  .showHelpAfterError('(--help after a command says what it takes)');
addMigrateCommand(program);
addAdminCommands(program);
addApiKeyCommands(program);
addKeysCommands(program);
addWebhooksCommands(program);
addAuditCommands(program);
addRetentionCommands(program);
addPrivacyCommands(program);
addAppConfigCommands(program);
addJobsCommands(program);
addSchedulesCommands(program);
addQueuesCommand(program);
addDlqCommands(program);

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = 1;
});

function describe(error: unknown): string {
  if (error instanceof NotFound) return 'there is nothing of that name, id or address';
  if (error instanceof DomainError) return error.details.detail ?? error.title;
  return error instanceof Error ? error.message : String(error);
}
