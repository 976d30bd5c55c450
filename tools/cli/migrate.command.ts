import path from 'node:path';
import type { Command } from 'commander';
import { loadOwnerEnv } from '../../src/config/env';
import { migrate } from './migrator';
import { print } from './output';

const MIGRATIONS = path.resolve(__dirname, '../../../supabase/migrations');

/** `migrate`: a deploy step, never done by the services themselves. */
export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description(
      'apply supabase/migrations as loopin_owner (DATABASE_OWNER_URL); safe to repeat and to run twice at once',
    )
    .option('--json', 'one JSON object on one line')
    .action(async (options: { json?: boolean }) => {
      const { url, ca, tls } = loadOwnerEnv();
      print(options, { applied: await migrate({ url, ca, tls }, MIGRATIONS) });
    });
}
